import { z } from 'zod'

export const modelsSearch = z.object({
  tab: z.enum(['churn', 'lifetime_value', 'segments']).optional().catch(undefined),
})

export type ModelsSearch = z.infer<typeof modelsSearch>
