// What the address says about this page, beyond the view all pages share.

import { z } from 'zod'

export const TABS = [
  'trends',
  'change',
  'outliers',
  'correlations',
  'patterns',
  'customers',
] as const
export const RANKS = ['value', 'change', 'contribution'] as const

export const analyticsSearch = z.object({
  view: z.enum(TABS).optional().catch(undefined),
  m: z.string().optional().catch(undefined), // The metric in front.
  rank: z.enum(RANKS).optional().catch(undefined), // What leaderboards are ordered by.
  d: z.string().optional().catch(undefined), // Dimensions picked by hand: channel,country
  col: z.string().optional().catch(undefined), // Column of the outliers: transactions.amount
  pair: z.string().optional().catch(undefined), // Two numbers of a customer: age,total_spent
})

export type AnalyticsSearch = z.infer<typeof analyticsSearch>
export type Tab = (typeof TABS)[number]
export type RankBy = (typeof RANKS)[number]
