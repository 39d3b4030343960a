// The question in the address. Plain text that people can read and edit:
//   m=revenue,orders  by=month,segment  w=revenue>1000;orders<=5  s=-revenue  n=100  sum=1  c=line

import { z } from 'zod'

export const querySearch = z.object({
  how: z.enum(['sql']).optional().catch(undefined), // The tab; the builder if it is not said.
  sql: z.string().max(10_000).optional().catch(undefined), // The statement that was run last.
  m: z.string().optional().catch(undefined), // Metrics, with commas between them; empty for none.
  by: z.string().optional().catch(undefined), // Dimensions, with commas between them.
  w: z.string().optional().catch(undefined), // Conditions on metrics.
  s: z.string().optional().catch(undefined), // What rows are sorted by; a minus for descending.
  n: z.coerce.number().int().min(1).max(1_000_000).optional().catch(undefined), // Most rows.
  sum: z.enum(['0', '1']).optional().catch(undefined), // Whether a row of totals stands below.
  c: z
    .enum(['number', 'line', 'bar', 'pie', 'heatmap', 'scatter', 'table'])
    .optional()
    .catch(undefined), // The chart somebody chose.
})

export type QuerySearch = z.infer<typeof querySearch>
