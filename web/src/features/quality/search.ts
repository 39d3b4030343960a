import { z } from 'zod'

export const qualitySearch = z.object({
  run: z.string().optional().catch(undefined), // The run looked at.
})

export type QualitySearch = z.infer<typeof qualitySearch>
