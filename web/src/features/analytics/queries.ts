// What the Trends tab asks: one batch of strips (a metric over time) and leaderboards (the metric
// in front by a dimension).

import type { Dimension, Metric, Query, Workspace } from '@/api/client'
import { findDimension, findMetric, timeDimension } from '@/api/workspace'
import type { View } from '@/components/view'
import { defaultGrain } from '@/lib/time-range'
import type { Grain } from '@/lib/dates'

const STRIPS = [
  'revenue',
  'orders',
  'customers',
  'average_order_value',
  'conversion_rate',
  'churn_rate',
  'units',
  'sessions',
  'revenue_per_customer',
]
const BOARDS = [
  'channel',
  'category',
  'payment_method',
  'country',
  'segment',
  'product',
  'traffic_source',
  'device',
  'age_band',
  'gender',
]
const MOST_STRIPS = 9 // Asked for; fewer are shown.
const MOST_BOARDS = 10

export interface TrendsPlan {
  metrics: Metric[] // Candidates of the strips, in order.
  chosen: Metric // The metric in front.
  grain: Grain
  boards: Dimension[] // Candidates of the leaderboards, in order.
  picked: boolean // Somebody picked the dimensions, so all of them are shown.
  queries: Record<string, Query>
}

type ViewQueries = Pick<View, 'query' | 'comparedQuery' | 'range' | 'where'>

/** Names of the answers: what, of what, and the period before with a mark. */
export const keyOf = (what: 'strip' | 'total' | 'probe' | 'by', of: string, before = false) =>
  `${what}:${of}${before ? ':before' : ''}`

/** "channel,country" as dimensions; names the model does not have are left out. */
export const pickedBoards = (workspace: Workspace, d: string | undefined): Dimension[] =>
  [...new Set((d ?? '').split(','))]
    .flatMap((name) => findDimension(workspace, name) ?? [])
    .slice(0, MOST_BOARDS)

/** Dimensions one may rank by: time is on the strips, and single customers are no group. */
export const boardable = (workspace: Workspace): Dimension[] =>
  workspace.model.dimensions.filter(
    ({ kind, name }) => kind !== 'time' && !['customer', 'order'].includes(name),
  )

function defaultBoards(workspace: Workspace): Dimension[] {
  const known = BOARDS.flatMap((name) => findDimension(workspace, name) ?? [])
  const rest = boardable(workspace).filter(
    (dimension) => dimension.kind === 'text' && !dimension.pii && !known.includes(dimension),
  )
  return [...known.filter((dimension) => !dimension.pii), ...rest].slice(0, MOST_BOARDS)
}

function stripMetrics(workspace: Workspace, chosen: Metric): Metric[] {
  const known = STRIPS.flatMap((name) => findMetric(workspace, name) ?? [])
  const rest = workspace.model.metrics.filter((metric) => !known.includes(metric))
  const all = known.length < 4 ? [...known, ...rest] : known
  const first = all.slice(0, MOST_STRIPS)
  return first.includes(chosen) ? first : [...first, chosen]
}

export function trendsPlan(
  workspace: Workspace,
  view: ViewQueries,
  search: { m?: string | undefined; d?: string | undefined },
): TrendsPlan | null {
  const { metrics } = workspace.model
  const chosen =
    findMetric(workspace, search.m ?? '') ?? findMetric(workspace, 'revenue') ?? metrics[0]
  if (!chosen) return null
  const picked = pickedBoards(workspace, search.d)
  const plan: TrendsPlan = {
    metrics: stripMetrics(workspace, chosen),
    chosen,
    grain: defaultGrain(view.range),
    boards: picked.length > 0 ? picked : defaultBoards(workspace),
    picked: picked.length > 0,
    queries: {},
  }
  addStrips(plan, workspace, view)
  addBoards(plan, view)
  return plan
}

function addStrips(plan: TrendsPlan, workspace: Workspace, view: ViewQueries): void {
  const both = (what: 'strip' | 'total', of: string, query: Query) => {
    plan.queries[keyOf(what, of)] = { ...query, ...view.query }
    if (view.comparedQuery)
      plan.queries[keyOf(what, of, true)] = { ...query, ...view.comparedQuery }
  }
  const main = plan.metrics[0]?.table
  for (const metric of plan.metrics) {
    const time = timeDimension(workspace, plan.grain, metric.table)
    if (!time) continue
    both('strip', metric.name, {
      metrics: [metric.name],
      by: [time.name],
      sort: [{ by: time.name }],
      limit: 5000,
      totals: true,
    })
    // Whether a metric that has no answer has none because of the filters, or never had one.
    if (view.where.length > 0 && metric.table !== main) {
      plan.queries[keyOf('probe', metric.name)] = {
        metrics: [metric.name],
        by: [time.name],
        limit: 1,
      }
    }
  }
  both('total', plan.chosen.name, { metrics: [plan.chosen.name], by: [] })
}

function addBoards(plan: TrendsPlan, view: ViewQueries): void {
  const { name } = plan.chosen
  for (const dimension of plan.boards) {
    // Without its own filter, so that what is filtered out stays in the list, faded.
    const where = view.where.filter((condition) => condition.field !== dimension.name)
    const query: Query = {
      metrics: [name],
      by: [dimension.name],
      sort: [{ by: name, descending: true }],
      limit: 500,
      totals: true,
    }
    plan.queries[keyOf('by', dimension.name)] = { ...query, ...view.query, where }
    if (view.comparedQuery)
      plan.queries[keyOf('by', dimension.name, true)] = { ...query, ...view.comparedQuery, where }
  }
}
