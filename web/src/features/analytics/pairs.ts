// Two numbers of every customer: which questions hand them out, and how to read the answer.

import type { Answer, Metric, Query, Value, Workspace } from '@/api/client'
import { asNumber, columnOf } from '@/api/query'
import { findDimension, findMetric } from '@/api/workspace'
import type { View } from '@/components/view'
import { daysBetween } from '@/lib/dates'
import type { Unit } from '@/lib/number-format'

import type { Correlations } from './analyses'

/** The metric that, cut by customer, is this number; `since`: days from its date to the end. */
const SOURCES: Record<string, { metrics: string[]; since?: boolean }> = {
  total_spent: { metrics: ['revenue'] },
  transaction_count: { metrics: ['orders', 'order_lines'] },
  avg_amount: { metrics: ['average_order_value', 'average_amount'] },
  age: { metrics: ['average_age'] },
  recency_days: { metrics: ['last_order'], since: true },
}
const MOST = 20_000

export interface Side {
  name: string
  label: string
  metric: string
  unit: Unit
  since: boolean
}

export interface PairPlan {
  a: Side
  b: Side
  end: string // The day numbers are as of, exclusive.
  query: Query
}

export const pairKey = ({ a, b }: { a: string; b: string }) => `${a},${b}`

function sideOf(name: string, workspace: Workspace, found: Correlations): Side | null {
  const source = SOURCES[name] ?? { metrics: [name] }
  const metric = source.metrics
    .map((one) => findMetric(workspace, one))
    .find((one): one is Metric => one !== undefined)
  if (!metric) return null
  const label = found.columns.find((column) => column.name === name)?.label ?? metric.label
  const since = source.since === true
  return { name, label, metric: metric.name, unit: since ? 'days' : metric.unit, since }
}

/** Null when the model cannot hand out both numbers by customer. */
export function pairPlan(
  pair: { a: string; b: string },
  found: Correlations,
  workspace: Workspace,
  view: Pick<View, 'where' | 'range'>,
): PairPlan | null {
  const customer = findDimension(workspace, 'customer') ?? findDimension(workspace, 'customer_id')
  const [a, b] = [sideOf(pair.a, workspace, found), sideOf(pair.b, workspace, found)]
  if (!customer || !a || !b || a.metric === b.metric) return null
  return {
    a,
    b,
    end: view.range.to,
    // As the analysis has it: all that was known of a customer when the period ended.
    query: {
      metrics: [a.metric, b.metric],
      by: [customer.name],
      where: view.where,
      to: view.range.to,
      sort: [{ by: customer.name }],
      limit: MOST,
    },
  }
}

/** Customers with both numbers, by the name of the customer. */
export function pointsOf(
  answer: Answer,
  plan: PairPlan,
): { x: number; y: number; label: string }[] {
  const names = columnOf(answer, plan.query.by[0] ?? '')
  const xs = columnOf(answer, plan.a.metric)
  const ys = columnOf(answer, plan.b.metric)
  return names.flatMap((name, index) => {
    const x = numberOf(xs[index], plan.a, plan.end)
    const y = numberOf(ys[index], plan.b, plan.end)
    return x === null || y === null ? [] : [{ x, y, label: `Customer ${String(name)}` }]
  })
}

function numberOf(value: Value | undefined, side: Side, end: string): number | null {
  if (!side.since) return asNumber(value)
  return typeof value === 'string' ? daysBetween(value.slice(0, 10), end) : null
}

export interface PairRow {
  a: string
  b: string
  r: number
  n: number
}

/** The pair somebody chose, or the strongest one; null when nothing is strong. */
export function chosenPair(found: Correlations, pair: string | undefined): PairRow | null {
  const [a = '', b = ''] = (pair ?? '').split(',')
  const at = (name: string) => found.columns.findIndex((column) => column.name === name)
  const r = found.matrix[at(a)]?.[at(b)]
  const strong = strongestFirst(found.strong)
  const known = strong.find(
    (one) => pairKey(one) === pair || pairKey({ a: one.b, b: one.a }) === pair,
  )
  if (known) return known
  if (a !== b && r !== null && r !== undefined) return { a, b, r, n: found.n }
  return strong[0] ?? null
}

export const strongestFirst = (strong: readonly PairRow[]): PairRow[] =>
  strong.toSorted((one, other) => Math.abs(other.r) - Math.abs(one.r))

/** In words, after Cohen (1988): from 0.1 weak, from 0.3 medium, from 0.5 strong. */
export function strengthOf(r: number): string {
  const size = Math.abs(r)
  if (size < 0.1) return 'none'
  const word = size < 0.3 ? 'weak' : size < 0.5 ? 'medium' : 'strong'
  return `${word}, ${r > 0 ? 'together' : 'against'}`
}
