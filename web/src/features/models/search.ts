import { z } from 'zod'

export const modelsSearch = z.object({
  tab: z.enum(['churn', 'lifetime_value', 'segments']).optional().catch(undefined),
  id: z.coerce.number().int().optional().catch(undefined), // The customer the form begins with.
})

export type ModelsSearch = z.infer<typeof modelsSearch>
