import { z } from 'zod'

export const reportsSearch = z.object({
  name: z
    .enum(['executive', 'sales', 'customer', 'product', 'marketing'])
    .optional()
    .catch(undefined),
})

export type ReportsSearch = z.infer<typeof reportsSearch>
