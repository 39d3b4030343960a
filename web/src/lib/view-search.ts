// What every page keeps in the address, and how addresses are written: plain text, no JSON, so
// that people can read and edit them. A value that makes no sense is as good as absent.

import { z } from 'zod'

import { isTime } from './time-range'

export const viewSearch = z.object({
  t: z.string().refine(isTime).optional().catch(undefined),
  vs: z.enum(['prev', 'year', 'none']).optional().catch(undefined),
  f: z.string().optional().catch(undefined),
  // The panel of rows: rows=revenue at=channel:Online;week:2026-06-01, within t and f.
  rows: z.string().optional().catch(undefined),
  at: z.string().optional().catch(undefined),
})

export type ViewSearch = z.infer<typeof viewSearch>

export const parseSearch = (text: string): Record<string, string> =>
  Object.fromEntries(new URLSearchParams(text))

const READABLE = /%(3A|2C|3B|21|2E|40|2F|7C|24|28|29)/gi

export function stringifySearch(search: Record<string, unknown>): string {
  const parts = Object.entries(search)
    .filter((entry): entry is [string, string | number | boolean] =>
      ['string', 'number', 'boolean'].includes(typeof entry[1]),
    )
    .map(([key, value]) => {
      const text = encodeURIComponent(String(value)).replace(READABLE, decodeURIComponent)
      return `${encodeURIComponent(key)}=${text.replaceAll('%20', '+')}`
    })
  return parts.length > 0 ? `?${parts.join('&')}` : ''
}
