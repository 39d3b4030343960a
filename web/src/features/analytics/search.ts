import { z } from 'zod'

export const analyticsSearch = z.object({
  m: z.string().optional().catch(undefined), // The metric in front.
})

export type AnalyticsSearch = z.infer<typeof analyticsSearch>
