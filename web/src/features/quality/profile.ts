// What a profile says, in words and in parts of a drawing.

import type { components } from '@/api/client'
import { formatCount, formatShare } from '@/lib/number-format'

export type Profile = components['schemas']['Profile']
export type ColumnProfile = components['schemas']['ColumnProfile']
export type HistogramBar = components['schemas']['HistogramBar']
type Cell = ColumnProfile['min']

const TIMES: readonly string[] = ['date', 'datetime']

/** A number of a column as a person reads it; of times, their day and minute. */
export function cellText(cell: Cell, type: string): string {
  if (cell === null) return '–'
  if (typeof cell === 'string')
    return TIMES.includes(type) ? cell.slice(0, 16).replace('T', ' ') : cell
  if (Number.isInteger(cell)) return formatCount(cell)
  return Number(cell.toPrecision(4)).toLocaleString('en', { maximumFractionDigits: 4 })
}

/** "about 12,400" where the sketch only estimates. */
export const distinctText = (column: Pick<ColumnProfile, 'distinct' | 'is_distinct_exact'>) =>
  `${column.is_distinct_exact ? '' : 'about '}${formatCount(column.distinct)}`

/** What moved since the other load: "values, nulls", or nothing. */
export function movedWords(column: Pick<ColumnProfile, 'drift'>): string | null {
  const { drift } = column
  if (!drift) return null
  const moved = [drift.has_moved_values && 'values', drift.has_moved_nulls && 'nulls'].filter(
    (word) => word !== false,
  )
  return moved.length === 0 ? '' : `${moved.join(' and ')} moved`
}

/** The median among the quantiles of a column. */
export const medianOf = (column: Pick<ColumnProfile, 'quantiles'>): Cell =>
  column.quantiles.find((quantile) => quantile.share === 0.5)?.value ?? null

/** A sentence about one column. */
export function columnNews(column: ColumnProfile): string {
  const values = column.rows - column.nulls
  if (column.rows === 0) return 'This load held no rows of this table.'
  const nulls =
    column.nulls === 0 ? 'no value is missing' : `${formatShare(column.null_share, 1)} are missing`
  const kinds = values === 0 ? '' : `, ${distinctText(column)} different values`
  const moved = movedWords(column)
  const since = moved === null ? '' : moved === '' ? '; nothing moved' : `; ${moved}`
  return `${formatCount(column.rows)} rows, ${nulls}${kinds}${since}.`
}

/** The heights of bars, 0 to 1: the highest of both loads is 1. */
export function barHeights(
  bars: readonly HistogramBar[],
  before: readonly HistogramBar[] | undefined,
): { now: number[]; before: number[] } {
  const most = Math.max(1e-12, ...[...bars, ...(before ?? [])].map((bar) => bar.share))
  const heights = (of: readonly HistogramBar[]) => of.map((bar) => Math.max(0, bar.share) / most)
  return { now: heights(bars), before: heights(before ?? []) }
}
