// What the executive page asks: one batch, built from what the model of this workspace has.

import type { Dimension, Metric, Query, Workspace } from '@/api/client'
import { findDimension, findMetric, timeDimension } from '@/api/workspace'
import type { View } from '@/components/view'
import { defaultGrain } from '@/lib/time-range'
import type { Grain } from '@/lib/dates'

const KPIS = ['revenue', 'customers', 'average_order_value', 'churn_rate', 'orders']
const RANKED = ['category', 'product', 'product_name', 'segment']
const SHARED = ['channel', 'payment_method', 'segment', 'country']
const PLACES = ['country', 'city']
const CROSS = [
  ['segment', 'channel'],
  ['segment', 'category'],
  ['country', 'category'],
  ['country', 'product'],
]

export interface ExecutivePlan {
  kpis: Metric[] // Four at most, in the order of the cards.
  main: Metric // Revenue, or the first metric there is.
  count: Metric | null // Orders: the n of everything.
  grain: Grain // Of the revenue chart.
  kpiGrain: Grain // Of the sparklines.
  ranked: Dimension[] // Candidates; the first with more than one value is shown.
  shared: Dimension[]
  places: Dimension[]
  cross: [Dimension, Dimension][] // Candidates of what moved revenue.
  queries: Record<string, Query>
}

const known = (workspace: Workspace, names: readonly string[]) =>
  names.flatMap((name) => findDimension(workspace, name) ?? [])

export function executivePlan(
  workspace: Workspace,
  view: Pick<View, 'query' | 'comparedQuery' | 'range' | 'where'>,
  chosen: Grain | undefined,
): ExecutivePlan | null {
  const { metrics } = workspace.model
  const main = findMetric(workspace, 'revenue') ?? metrics[0]
  if (!main) return null
  const kpis = KPIS.flatMap((name) => findMetric(workspace, name) ?? []).slice(0, 4)
  const count = findMetric(workspace, 'orders') ?? null
  const kpiGrain = defaultGrain(view.range)
  const plan: ExecutivePlan = {
    kpis: kpis.length > 0 ? kpis : metrics.slice(0, 4),
    main,
    count,
    grain: chosen ?? kpiGrain,
    kpiGrain,
    ranked: known(workspace, RANKED),
    shared: known(workspace, SHARED),
    places: known(workspace, PLACES),
    cross: CROSS.flatMap((pair) => {
      const [first, second] = known(workspace, pair)
      return first && second ? [[first, second] as [Dimension, Dimension]] : []
    }),
    queries: {},
  }
  addQueries(plan, workspace, view)
  return plan
}

/** Names of the answers: what, of what, and the period before with a mark. */
export const keyOf = (what: string, of: string, before = false) =>
  `${what}:${of}${before ? ':before' : ''}`

function addQueries(
  plan: ExecutivePlan,
  workspace: Workspace,
  view: Pick<View, 'query' | 'comparedQuery'>,
): void {
  const both = (what: string, of: string, query: Query) => {
    plan.queries[keyOf(what, of)] = { ...query, ...view.query }
    if (view.comparedQuery)
      plan.queries[keyOf(what, of, true)] = { ...query, ...view.comparedQuery }
  }
  const main = plan.main.name
  const measured = plan.count ? [main, plan.count.name] : [main]
  const most = [{ by: main, descending: true }]
  // One query for each KPI, so that one that has no answer leaves the others whole.
  for (const metric of plan.kpis) {
    both('total', metric.name, { metrics: [metric.name], by: [] })
    const time = timeDimension(workspace, plan.kpiGrain, metric.table)
    if (time)
      both('spark', metric.name, {
        metrics: [metric.name],
        by: [time.name],
        sort: [{ by: time.name }],
      })
  }
  both('all', 'n', { metrics: measured, by: [] })
  const time = timeDimension(workspace, plan.grain, plan.main.table)
  if (time)
    both('line', main, {
      metrics: measured,
      by: [time.name],
      sort: [{ by: time.name }],
      limit: 5000,
    })
  for (const dimension of [...new Set([...plan.ranked, ...plan.shared, ...plan.places])]) {
    both('by', dimension.name, { metrics: measured, by: [dimension.name], sort: most, limit: 100 })
  }
  for (const [first, second] of plan.cross) {
    both('cross', `${first.name},${second.name}`, {
      metrics: [main],
      by: [first.name, second.name],
      limit: 5000,
    })
  }
}
