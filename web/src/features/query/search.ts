import { z } from 'zod'

export const querySearch = z.object({
  m: z.string().optional().catch(undefined), // Metrics, with commas between them.
  by: z.string().optional().catch(undefined), // Dimensions, with commas between them.
})

export type QuerySearch = z.infer<typeof querySearch>
