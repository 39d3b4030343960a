// Reading the answers of the batch.

import type { Answer, Dimension, Metric, Workspace } from '@/api/client'
import type { CardAnswer } from '@/api/page-queries'
import { alignComparison, incompleteLast, seriesOf } from '@/api/query'
import { timeDimension } from '@/api/workspace'
import type { View } from '@/components/view'
import { buckets, type Grain } from '@/lib/dates'
import { withinNormalVariation } from '@/lib/variation'

import { keyOf, type ExecutivePlan } from './queries'

export type Answers = Record<string, CardAnswer>

export interface CardContext {
  view: View
  plan: ExecutivePlan
  answers: Answers
}

const LOADING: CardAnswer = { state: 'loading' }

/** The state of one answer; asking for a query that was not sent is as good as loading. */
export const cardAnswer = (answers: Answers, key: string): CardAnswer => answers[key] ?? LOADING

export function answerOf(answers: Answers, key: string): Answer | null {
  const answer = answers[key]
  return answer?.state === 'shown' ? answer.answer : null
}

/** The first dimension that tells two values apart; while nothing is known, the first there is. */
export function firstTelling(
  candidates: readonly Dimension[],
  answers: Answers,
): Dimension | undefined {
  const found = candidates.find((dimension) => {
    const answer = answerOf(answers, keyOf('by', dimension.name))
    return answer !== null && answer.rows.length > 1
  })
  return found ?? candidates[0]
}

export interface Series {
  starts: string[]
  values: (number | null)[]
  before: (number | null)[] | null
  incomplete: { days: number; of: number } | null
}

/** A metric over time with its comparison, bucket by bucket. */
export function readSeries(
  what: 'spark' | 'line',
  of: string, // The metric the query was made for.
  metric: Metric, // The metric to read from it.
  grain: Grain,
  context: CardContext & { workspace: Workspace },
): Series | null {
  const { view, answers, workspace } = context
  const now = answerOf(answers, keyOf(what, of))
  const time = timeDimension(workspace, grain, metric.table)
  if (!now || !time) return null
  const starts = buckets(grain, view.range.from, view.range.to)
  const read = (answer: Answer, days: readonly string[]) =>
    seriesOf(answer, time.name, metric.name, days, metric.additive)
  const before = answerOf(answers, keyOf(what, of, true))
  const { compared } = view
  return {
    starts,
    values: read(now, starts).map((point) => point.value),
    before:
      before && compared
        ? alignComparison(
            starts,
            read(before, buckets(grain, compared.from, compared.to)),
            grain,
            compared.stride,
          )
        : null,
    incomplete: incompleteLast(starts, grain, view.range),
  }
}

/** Whether the change of a KPI is within normal variation, judged by its whole buckets. */
export function isNormal(
  metric: Metric,
  plan: ExecutivePlan,
  view: View,
  answers: Answers,
  workspace: Workspace,
): boolean {
  const series = readSeries('spark', metric.name, metric, plan.kpiGrain, {
    view,
    plan,
    answers,
    workspace,
  })
  if (!series?.before) return false
  const whole = series.incomplete ? -1 : undefined
  return withinNormalVariation(series.values.slice(0, whole), series.before.slice(0, whole))
}
