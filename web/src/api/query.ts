// Small helpers around a Query and its Answer.

import { addDays, nextStart, startOf, type Grain } from '@/lib/dates'
import type { Filter } from '@/lib/filters'
import { move, type Span, type Stride } from '@/lib/time-range'

import { findDimension } from './workspace'
import type { Answer, Condition, Query, RowsRequest, Value, Workspace } from './client'

/** Filter chips as conditions, with values of the type the dimension has. */
export const toConditions = (filters: readonly Filter[], workspace: Workspace): Condition[] =>
  filters.flatMap((filter) => {
    const dimension = findDimension(workspace, filter.field)
    if (!dimension) return []
    const values = filter.values.map((value) => typed(value, dimension.kind))
    return [{ field: filter.field, op: filter.exclude ? 'not_in' : 'in', values }]
  })

export function typed(value: string | null, kind: 'text' | 'time' | 'number' | 'boolean'): Value {
  if (value === null) return null
  if (kind === 'number') return Number.isNaN(Number(value)) ? value : Number(value)
  if (kind === 'boolean') return value === 'true'
  return value
}

/** The same question over another span. */
export const over = (query: Query, span: Span): Query => ({
  ...query,
  from: span.from,
  to: span.to,
})

/** Where to download all rows of a query as CSV. */
export const csvUrl = (query: Query) =>
  `/api/v1/query.csv?query=${encodeURIComponent(JSON.stringify(query))}`

/** Where to download the rows behind a number as CSV. */
export const rowsCsvUrl = (request: RowsRequest) =>
  `/api/v1/rows.csv?rows=${encodeURIComponent(JSON.stringify(request))}`

export function columnOf(answer: Answer, name: string): Value[] {
  const at = answer.columns.findIndex((column) => column.name === name)
  return at < 0 ? [] : answer.rows.map((row) => row[at] ?? null)
}

export const asNumber = (value: Value | undefined): number | null =>
  typeof value === 'number' ? value : null

/** How a value of a dimension is called on screen. */
export function valueLabel(value: Value | undefined): string {
  if (value === null || value === undefined) return 'not known'
  if (value === '') return '(empty)'
  if (typeof value === 'boolean') return value ? 'Yes' : 'No'
  return String(value)
}

/** What a chip or the address stores of a value. */
export const filterValue = (value: Value | undefined): string | null =>
  value === null || value === undefined ? null : String(value)

/** The number of a metric in an answer of one row. */
export const single = (answer: Answer, metric: string): number | null =>
  asNumber(columnOf(answer, metric)[0])

export interface Point {
  start: string // First day of the bucket.
  value: number | null // null: nothing there; drawn as a gap.
}

/** A metric by time, with the buckets nobody bought in put back as gaps, or zero if it adds up. */
export function seriesOf(
  answer: Answer,
  time: string,
  metric: string,
  starts: readonly string[],
  additive: boolean,
): Point[] {
  const days = columnOf(answer, time).map(String)
  const values = columnOf(answer, metric)
  const byDay = new Map(days.map((day, index) => [day.slice(0, 10), asNumber(values[index])]))
  return starts.map((start) => ({ start, value: byDay.get(start) ?? (additive ? 0 : null) }))
}

/** The compared value for each bucket: the bucket that holds the same day, one stride before. */
export function alignComparison(
  starts: readonly string[],
  compared: readonly Point[],
  grain: Grain,
  stride: Stride,
): (number | null)[] {
  const byStart = new Map(compared.map((point) => [point.start, point.value]))
  return starts.map((start) => byStart.get(startOf(grain, move(start, stride, -1))) ?? null)
}

/** How much of the last bucket the span covers, or null when all of it. */
export function incompleteLast(
  starts: readonly string[],
  grain: Grain,
  span: Span,
): { days: number; of: number } | null {
  const start = starts.at(-1)
  if (start === undefined) return null
  const end = nextStart(grain, start)
  if (end <= span.to) return null
  const length = (from: string, to: string) => {
    let days = 0
    for (let day = from; day < to; day = addDays(day, 1)) days += 1
    return days
  }
  return { days: length(start, span.to), of: length(start, end) }
}
