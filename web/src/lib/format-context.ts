import { createContext, useContext } from 'react'

import { createFormat, type Format } from './number-format'

export const FormatContext = createContext<Format>(createFormat('EUR'))

/** Number formatting in the currency of the workspace. */
export const useFormat = () => useContext(FormatContext)
