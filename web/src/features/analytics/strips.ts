// Reading the strips: one metric over the buckets of the period, its total and its comparison.

import type { Answer, Metric, Workspace } from '@/api/client'
import type { CardAnswer } from '@/api/page-queries'
import { alignComparison, asNumber, incompleteLast, seriesOf } from '@/api/query'
import { single } from '@/api/query'
import { timeDimension } from '@/api/workspace'
import type { View } from '@/components/view'
import { buckets } from '@/lib/dates'
import { withinNormalVariation } from '@/lib/variation'

import { keyOf, type TrendsPlan } from './queries'

export type Answers = Readonly<Record<string, CardAnswer>>

export interface Strip {
  metric: Metric
  state: 'loading' | 'failed' | 'timeless' | 'shown' // timeless: a number that no period cuts.
  error: Error | null
  value: number | null
  before: number | null
  values: (number | null)[] // One per bucket.
  compared: (number | null)[] | null
  normal: boolean // The change is within normal variation.
}

export interface Buckets {
  starts: string[]
  incomplete: { days: number; of: number } | null // The last one, when it is not whole.
}

export const MOST_SHOWN = 6

export function answerOf(answers: Answers, key: string): Answer | null {
  const answer = answers[key]
  return answer?.state === 'shown' ? answer.answer : null
}

export function bucketsOf(plan: Pick<TrendsPlan, 'grain'>, view: Pick<View, 'range'>): Buckets {
  const starts = buckets(plan.grain, view.range.from, view.range.to)
  return { starts, incomplete: incompleteLast(starts, plan.grain, view.range) }
}

/** The total of a metric in an answer that was asked for with totals. */
export function totalOf(answer: Answer | null, metric: string): number | null {
  if (!answer) return null
  const at = answer.columns.findIndex((column) => column.name === metric)
  return asNumber(answer.totals?.[at])
}

interface Context {
  plan: TrendsPlan
  view: Pick<View, 'range' | 'compared' | 'where'>
  answers: Answers
  workspace: Workspace
}

export function stripOf(metric: Metric, context: Context): Strip {
  const { plan, view, answers, workspace } = context
  const none: Strip = {
    metric,
    state: 'loading',
    error: null,
    value: null,
    before: null,
    values: [],
    compared: null,
    normal: false,
  }
  const found = answers[keyOf('strip', metric.name)]
  const time = timeDimension(workspace, plan.grain, metric.table)
  if (!time || found?.state === 'failed') {
    const whole = answerOf(answers, keyOf('total', metric.name))
    if (whole) return { ...none, state: 'timeless', value: single(whole, metric.name) }
    const error = found?.state === 'failed' ? found.error : null
    return { ...none, state: error ? 'failed' : 'loading', error }
  }
  if (found?.state !== 'shown') return none
  const old = answerOf(answers, keyOf('strip', metric.name, true))
  const { starts, incomplete } = bucketsOf(plan, view)
  const read = (answer: Answer, days: readonly string[]) =>
    seriesOf(answer, time.name, metric.name, days, metric.additive)
  const values = read(found.answer, starts).map((point) => point.value)
  const { compared: span } = view
  const compared =
    old && span
      ? alignComparison(
          starts,
          read(old, buckets(plan.grain, span.from, span.to)),
          plan.grain,
          span.stride,
        )
      : null
  const whole = incomplete ? -1 : undefined
  return {
    ...none,
    state: 'shown',
    value: totalOf(found.answer, metric.name),
    // Nothing was bought before the data begin: no comparison, rather than a rise from zero.
    before: old && old.rows.length > 0 ? totalOf(old, metric.name) : null,
    values,
    compared: old && old.rows.length > 0 ? compared : null,
    normal: compared
      ? withinNormalVariation(values.slice(0, whole), compared.slice(0, whole))
      : false,
  }
}

/**
 * The strips to show, at most six: those with an answer, and those the filters took it from, so
 * that a filter never makes a strip vanish. The metric in front is always among them.
 */
export function shownStrips(context: Context): Strip[] {
  const { plan, answers } = context
  const strips = plan.metrics.map((metric) => stripOf(metric, context))
  const fitting = strips.filter(({ metric, state, values }) => {
    if (metric === plan.chosen || state === 'loading') return true
    if (state === 'shown') return values.some((value) => value !== null)
    return (
      state === 'failed' &&
      context.view.where.length > 0 &&
      answers[keyOf('probe', metric.name)]?.state !== 'failed'
    )
  })
  const shown = fitting.slice(0, MOST_SHOWN)
  const front = fitting.find((strip) => strip.metric === plan.chosen)
  if (!front || shown.includes(front)) return shown
  return [...shown.slice(0, MOST_SHOWN - 1), front]
}
