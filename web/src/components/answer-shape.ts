// What can be drawn of an answer, and the numbers for it. Pure: no drawing here.

import type { Answer, Column, Value, Workspace } from '@/api/client'
import { asNumber, seriesOf, valueLabel } from '@/api/query'
import { findDimension, findMetric } from '@/api/workspace'
import { addDays, buckets, type Grain } from '@/lib/dates'

import type { Group } from './rows'

export type ChartKind = 'number' | 'line' | 'bar' | 'pie' | 'heatmap' | 'scatter' | 'table'

export interface TimeColumn {
  column: Column
  grain: Grain
}

export interface Shape {
  metrics: Column[]
  dimensions: Column[] // Without the time that a line runs along.
  time: TimeColumn | null
  additive: boolean // Whether the first metric may be summed over groups.
  rows: number
}

const MOST_BARS = 100
const MOST_COLUMNS = 24
const MOST_HEAT_ROWS = 40

export function shapeOf(answer: Answer, workspace: Workspace): Shape {
  const metrics = answer.columns.filter((column) => column.role === 'metric')
  const all = answer.columns.filter((column) => column.role === 'dimension')
  const found = all.flatMap((column): TimeColumn[] => {
    const dimension = findDimension(workspace, column.name)
    return dimension?.kind === 'time' && dimension.grain !== undefined
      ? [{ column, grain: dimension.grain }]
      : []
  })
  const time = found[0] ?? null
  return {
    metrics,
    dimensions: all.filter((column) => column !== time?.column),
    time,
    additive: findMetric(workspace, metrics[0]?.name ?? '')?.additive ?? false,
    rows: answer.rows.length,
  }
}

/** The ways an answer can be drawn, the fitting one first. A table always fits. */
export function chartsFor(shape: Shape, answer: Answer): ChartKind[] {
  const { metrics, dimensions, time, rows } = shape
  if (metrics.length === 0 || rows === 0) return ['table']
  if (dimensions.length === 0 && !time) return ['number', 'table']
  if (dimensions.length === 0) return ['line', 'bar', 'table']
  const [first, second] = dimensions
  if (time) return dimensions.length === 1 && first ? ['line', 'heatmap', 'table'] : ['table']
  if (first && second) {
    const fits =
      dimensions.length === 2 &&
      distinct(answer, first) <= MOST_HEAT_ROWS &&
      distinct(answer, second) <= MOST_COLUMNS
    return fits ? ['heatmap', 'table'] : ['table']
  }
  const kinds: ChartKind[] = ['bar']
  if (isShareable(shape, answer)) kinds.push('pie')
  if (metrics.length > 1) kinds.push('scatter')
  return rows > MOST_BARS ? ['table', ...kinds] : [...kinds, 'table']
}

const at = (answer: Answer, column: Column) =>
  answer.columns.findIndex((one) => one.name === column.name)

const distinct = (answer: Answer, column: Column) =>
  new Set(answer.rows.map((row) => row[at(answer, column)])).size

/** Shares make sense of parts of a whole: a sum, nothing below zero, every part there. */
function isShareable(shape: Shape, answer: Answer): boolean {
  const [metric] = shape.metrics
  if (!metric || !shape.additive || answer.rows.length < answer.num_rows) return false
  const values = numbersOf(answer, metric)
  return values.length > 1 && values.every((value) => value === null || value >= 0)
}

export const numbersOf = (answer: Answer, metric: Column): (number | null)[] =>
  answer.rows.map((row) => asNumber(row[at(answer, metric)]))

export const labelsOf = (answer: Answer, dimension: Column): string[] =>
  answer.rows.map((row) => valueLabel(row[at(answer, dimension)]))

/** The group a row of an answer stands for. */
export const groupOf = (answer: Answer, row: number): Group =>
  answer.columns.flatMap((column, index) =>
    column.role === 'dimension' ? [[column.name, answer.rows[row]?.[index] ?? null] as const] : [],
  )

export interface Lines {
  starts: string[]
  lines: { name: string; values: (number | null)[] }[]
  total: number // How many lines there would be.
}

/** A metric along time, one line for each value of `split`; those with most in them first. */
export function linesOf(
  answer: Answer,
  time: TimeColumn,
  metric: Column,
  split: Column | null,
  options: { additive: boolean; most: number; rank?: Column }, // rank: the metric that orders them.
): Lines {
  const timeAt = at(answer, time.column)
  const days = answer.rows
    .map((row) => row[timeAt])
    .filter((day): day is string => typeof day === 'string')
    .map((day) => day.slice(0, 10))
    .sort()
  const [first, last] = [days[0], days.at(-1)]
  const starts =
    first === undefined || last === undefined ? [] : buckets(time.grain, first, addDays(last, 1))
  const groups = new Map<string, Value[][]>()
  for (const row of answer.rows) {
    const name = split ? valueLabel(row[at(answer, split)]) : metric.label
    groups.set(name, [...(groups.get(name) ?? []), row])
  }
  const lines = [...groups].map(([name, rows]) => ({
    name,
    values: seriesOf(
      { ...answer, rows },
      time.column.name,
      metric.name,
      starts,
      options.additive,
    ).map((point) => point.value),
  }))
  const rankAt = at(answer, options.rank ?? metric)
  const size = (name: string) =>
    (groups.get(name) ?? []).reduce((sum, row) => sum + Math.abs(asNumber(row[rankAt]) ?? 0), 0)
  const sorted = split ? lines.toSorted((a, b) => size(b.name) - size(a.name)) : lines
  return { starts, lines: sorted.slice(0, options.most), total: lines.length }
}

export interface Grid {
  rows: string[]
  columns: string[]
  cells: { row: number; column: number; value: number | null; at: number }[] // at: the answer's row.
}

/** Two dimensions against each other, in the order in which their values turn up. */
export function gridOf(
  answer: Answer,
  rowsOf: Column,
  columnsOf: Column,
  metric: Column,
  name: (value: Value, column: Column) => string,
): Grid {
  const read = (column: Column) =>
    answer.rows.map((row) => name(row[at(answer, column)] ?? null, column))
  const [down, across] = [read(rowsOf), read(columnsOf)]
  const values = numbersOf(answer, metric)
  const [rows, columns] = [[...new Set(down)], [...new Set(across)]]
  const known = new Map(
    values.map((_, index) => [`${down[index] ?? ''}\n${across[index] ?? ''}`, index]),
  )
  const cells = rows.flatMap((row, rowAt) =>
    columns.map((column, columnAt) => {
      const at = known.get(`${row}\n${column}`) ?? -1 // -1: an empty cell.
      return { row: rowAt, column: columnAt, value: values[at] ?? null, at }
    }),
  )
  return { rows, columns, cells }
}

export interface Part {
  label: string
  value: number
}

/** Parts from large to small; what comes after `most` is one part. */
export function partsOf(answer: Answer, dimension: Column, metric: Column, most = 6): Part[] {
  const labels = labelsOf(answer, dimension)
  const parts = numbersOf(answer, metric)
    .map((value, index) => ({ label: labels[index] ?? '', value: value ?? 0 }))
    .filter((part) => part.value > 0)
    .toSorted((a, b) => b.value - a.value)
  if (parts.length <= most) return parts
  const rest = parts.slice(most - 1)
  const value = rest.reduce((sum, part) => sum + part.value, 0)
  return [...parts.slice(0, most - 1), { label: `Other (${rest.length})`, value }]
}
