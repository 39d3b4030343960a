// The export button of the top bar saves the main table of whatever page is open.

import { createContext, useContext, useEffect } from 'react'

import type { Query } from '@/api/client'
import { csvUrl } from '@/api/query'

export interface PageExport {
  href: string
  label: string // What is saved: "Revenue by week".
}

export type SetPageExport = (offer: PageExport | null) => void

const ignore: SetPageExport = () => undefined

export const PageExportContext = createContext<SetPageExport>(ignore)

/** Pages call this with their main query, or with the address of a CSV of their own. */
export function usePageExport(label: string, from: Query | string | null): void {
  const set = useContext(PageExportContext)
  const href = from === null ? null : typeof from === 'string' ? from : csvUrl(from)
  useEffect(() => {
    set(href === null ? null : { href, label })
    return () => {
      set(null)
    }
  }, [set, href, label])
}
