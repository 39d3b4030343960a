import { z } from 'zod'

// What a number in the URL may be: the number of a run.
const run = z.coerce.number().int().positive().optional().catch(undefined)

export const qualitySearch = z.object({
  load: z.string().startsWith('inbox/').optional().catch(undefined), // The file being added.
  run: z.string().optional().catch(undefined), // The run looked at.
  source: z.string().optional().catch(undefined), // Whose trend and change are shown.
  table: z.string().optional().catch(undefined), // Whose columns are shown ...
  column: z.string().optional().catch(undefined), // ... and which of them in full,
  of: run, // as this run delivered them,
  against: run, // beside this one.
})

export type QualitySearch = z.infer<typeof qualitySearch>
