// How a card asks the drawing inside it for a picture.

import { createContext, useContext, useEffect } from 'react'

export interface ChartHandle {
  png: () => Promise<string> // A URL of the picture.
}

export type SetChartHandle = (handle: ChartHandle | null) => void

const ignore: SetChartHandle = () => undefined

export const ChartHandleContext = createContext<SetChartHandle>(ignore)

/** Offers the drawing to the card around it for as long as it is shown. */
export function useChartHandle(png: () => Promise<string>): void {
  const setHandle = useContext(ChartHandleContext)
  useEffect(() => {
    setHandle({ png })
    return () => {
      setHandle(null)
    }
  }, [setHandle, png])
}
