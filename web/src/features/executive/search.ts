// What the address says about this page, beyond the view all pages share.

import { z } from 'zod'

export const executiveSearch = z.object({
  g: z.enum(['day', 'week', 'month']).optional().catch(undefined), // Grain of the revenue chart.
})

export type ExecutiveSearch = z.infer<typeof executiveSearch>
