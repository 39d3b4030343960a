// A question as the builder holds it, and its two other forms: the address and the API's query.

import type { Condition, Dimension, Metric, Query, Workspace } from '@/api/client'
import { findDimension, findMetric, timeDimension } from '@/api/workspace'
import type { ChartKind } from '@/components/answer-shape'
import type { View } from '@/components/view'

import type { QuerySearch } from './search'

export const COMPARISONS = ['>', '>=', '<', '<=', '=', '!='] as const
export type Comparison = (typeof COMPARISONS)[number]

export interface MetricFilter {
  metric: string
  op: Comparison
  value: number
}

export interface Question {
  metrics: string[]
  dimensions: string[]
  filters: MetricFilter[]
  sort: { by: string; descending: boolean } | null // null: as it fits the shape.
  limit: number
  totals: boolean
  chart: ChartKind | null // null: as it fits the shape.
}

export const DEFAULT_LIMIT = 1000
export const LIMITS = [10, 25, 100, 1000, 10_000] as const

const list = (text: string) => [...new Set(text.split(',').filter((name) => name !== ''))]

/** Reads `revenue>1000;orders<=5`; what is no such condition is left out. */
export function parseMetricFilters(text: string | undefined): MetricFilter[] {
  return (text ?? '').split(';').flatMap((part) => {
    const match = /^\s*([A-Za-z_]\w*)\s*(>=|<=|!=|>|<|=)\s*(-?[\d.]+(?:e[+-]?\d+)?)\s*$/i.exec(part)
    const value = Number(match?.[3])
    const op = COMPARISONS.find((one) => one === match?.[2])
    if (match?.[1] === undefined || op === undefined || !Number.isFinite(value)) return []
    return [{ metric: match[1], op, value }]
  })
}

export const formatMetricFilters = (filters: readonly MetricFilter[]): string | undefined =>
  filters.map(({ metric, op, value }) => `${metric}${op}${value}`).join(';') || undefined

/** The question of an address; without one, the first metric along time. */
export function readQuestion(search: QuerySearch, workspace: Workspace): Question {
  const common = {
    filters: parseMetricFilters(search.w),
    sort: readSort(search.s),
    limit: search.n ?? DEFAULT_LIMIT,
    totals: search.sum !== '0',
    chart: search.c ?? null,
  }
  if (search.m !== undefined || search.by !== undefined)
    return { ...common, metrics: list(search.m ?? ''), dimensions: list(search.by ?? '') }
  const metric = findMetric(workspace, 'revenue') ?? workspace.model.metrics[0]
  const time = metric && timeDimension(workspace, 'month', metric.table)
  return {
    ...common,
    metrics: metric ? [metric.name] : [],
    dimensions: time ? [time.name] : [],
  }
}

function readSort(text: string | undefined): Question['sort'] {
  if (text === undefined || text === '' || text === '-') return null
  const descending = text.startsWith('-')
  return { by: descending ? text.slice(1) : text, descending }
}

export const writeQuestion = (
  question: Question,
): Required<Record<Exclude<keyof QuerySearch, 'how' | 'sql'>, unknown>> => ({
  m: question.metrics.join(','),
  by: question.dimensions.join(','),
  w: formatMetricFilters(question.filters),
  s: question.sort ? `${question.sort.descending ? '-' : ''}${question.sort.by}` : undefined,
  n: question.limit === DEFAULT_LIMIT ? undefined : question.limit,
  sum: question.totals ? undefined : '0',
  c: question.chart ?? undefined,
})

/** Time runs forward; rankings begin with the largest. */
export function effectiveSort(question: Question, workspace: Workspace): Question['sort'] {
  const { sort, metrics, dimensions } = question
  if (sort && [...metrics, ...dimensions].includes(sort.by)) return sort
  const time = dimensions.find((name) => findDimension(workspace, name)?.kind === 'time')
  if (time !== undefined) return { by: time, descending: false }
  if (dimensions.length === 0) return null
  const [metric] = metrics
  if (metric !== undefined) return { by: metric, descending: true }
  return dimensions[0] === undefined ? null : { by: dimensions[0], descending: false }
}

/** What goes to the server; null while there is nothing to ask. */
export function toQuery(
  question: Question,
  view: Pick<View, 'query'>,
  workspace: Workspace,
): Query | null {
  if (question.metrics.length === 0 && question.dimensions.length === 0) return null
  const conditions: Condition[] = question.filters.map(({ metric, op, value }) => ({
    field: metric,
    op,
    values: [value],
  }))
  const sort = effectiveSort(question, workspace)
  const where = Array.isArray(view.query.where) ? view.query.where : []
  return {
    ...view.query,
    metrics: question.metrics,
    by: question.dimensions,
    where: [...where, ...conditions],
    ...(sort ? { sort: [sort] } : {}),
    limit: question.limit,
    totals: question.totals && question.metrics.length > 0,
  }
}

export const without = (question: Question, name: string): Question => ({
  ...question,
  metrics: question.metrics.filter((metric) => metric !== name),
  dimensions: question.dimensions.filter((dimension) => dimension !== name),
})

/** Metrics and dimensions whose label, name or description has the text. */
export function matching<Item extends Metric | Dimension>(
  items: readonly Item[],
  text: string,
): Item[] {
  const needle = text.trim().toLowerCase()
  const hay = (item: Item) =>
    [item.label, item.name, item.table, 'description' in item ? item.description : '']
      .join(' ')
      .toLowerCase()
  return items.filter((item) => hay(item).includes(needle))
}
