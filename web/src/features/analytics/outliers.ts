// What the three rules say of a column, as rows and words.

import type { OutlierColumn } from '@/api/client'
import type { Unit } from '@/lib/number-format'

export const columnKey = ({ table, column }: Pick<OutlierColumn, 'table' | 'column'>) =>
  `${table}.${column}`

export const words = (name: string) => name.replaceAll('_', ' ')

/** A model may give a column a unit of its own, or none. */
export const unitOf = ({ unit }: Pick<OutlierColumn, 'unit'>): Unit => unit ?? 'number'

export interface Rule {
  name: string
  means: string
  lower: number | null
  upper: number | null
  count: number | null
  share: number | null
}

export function rulesOf(column: OutlierColumn): Rule[] {
  const rule = (name: string, means: string, fence: OutlierColumn['iqr']): Rule => ({
    name,
    means,
    lower: fence?.lower ?? null,
    upper: fence?.upper ?? null,
    count: fence?.count ?? null,
    share: fence && column.n > 0 ? fence.count / column.n : null,
  })
  return [
    rule('Quartiles (IQR)', '1.5 box lengths beyond the quartiles', column.iqr),
    rule('Z-score', '3 standard deviations from the mean', column.zscore),
    rule('Percentiles', 'below the 1st, above the 99th', column.percentile),
  ]
}

/** How many values lie outside the quartile rule, as a share of those there are. */
export const outsideShare = (column: Pick<OutlierColumn, 'iqr' | 'n'>): number | null =>
  column.iqr && column.n > 0 ? column.iqr.count / column.n : null

const ENOUGH = 30

/** The column with the largest share outside, of those that have enough values to judge. */
export function worstColumn(columns: readonly OutlierColumn[]): OutlierColumn | null {
  const enough = columns.filter((column) => column.n >= ENOUGH)
  const [worst] = (enough.length > 0 ? enough : columns).toSorted(
    (a, b) => (outsideShare(b) ?? -1) - (outsideShare(a) ?? -1),
  )
  return worst ?? null
}

export interface MissingRow {
  table: string
  column: string
  type: string
  rows: number
  missing: number
  share: number
  treatment: string
  reason: string
}

/** Largest share first; columns that are whole come last, or not at all. */
export function missingRows(
  tables: readonly {
    table: string
    rows: number
    columns: readonly Omit<MissingRow, 'table' | 'rows'>[]
  }[],
  all: boolean,
): MissingRow[] {
  return tables
    .flatMap(({ table, rows, columns }) => columns.map((column) => ({ ...column, table, rows })))
    .filter((row) => all || row.missing > 0)
    .toSorted((a, b) => b.share - a.share)
}
