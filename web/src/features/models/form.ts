// The form of a prediction: where it starts, what was changed, and what is asked.

import type { Customer, Feature, TaskModels, Value } from '@/api/client'

export type Values = Readonly<Record<string, Value>>

/** How finely a number of this feature is told: whole days and orders, thousandths of a spread. */
export function stepOf(feature: Feature): number {
  const low = feature.min ?? 0
  const high = feature.max ?? low + 1
  const span = high - low
  const whole: readonly (Feature['unit'] | undefined)[] = ['count', 'days', 'months', 'years']
  if (whole.includes(feature.unit) && span > 4) return 1
  if (span <= 0) return 1
  return 10 ** Math.floor(Math.log10(span / 1000))
}

export function roundTo(value: number, step: number): number {
  return Number((Math.round(value / step) * step).toPrecision(12))
}

/** An average customer: the mean of every number, the most frequent of every category. */
export function averageValues(features: readonly Feature[]): Values {
  return Object.fromEntries(
    features.map((feature): [string, Value] => {
      if (feature.kind === 'number')
        return [feature.name, feature.mean === null ? null : roundTo(feature.mean, stepOf(feature))]
      const [first] = (feature.categories ?? []).toSorted((a, b) => b.share - a.share)
      return [feature.name, first?.value ?? null]
    }),
  )
}

/** A real customer as the model sees them; what is not known of them stays not known. */
export function customerValues(features: readonly Feature[], customer: Customer): Values {
  return Object.fromEntries(
    features.map((feature): [string, Value] => [
      feature.name,
      customer.features[feature.name] ?? null,
    ]),
  )
}

/** Only what differs from the start. */
export function changesOf(start: Values, values: Values): Values {
  return Object.fromEntries(
    Object.entries(values).filter(([name, value]) => (start[name] ?? null) !== value),
  )
}

export interface PredictBody {
  customer_id?: number
  values?: Record<string, Value>
}

/** A customer brings their own values; without one, all of the form are sent. */
export function bodyOf(customer: number | null, start: Values, changed: Values): PredictBody {
  if (customer === null) return { values: { ...start, ...changed } }
  const values = changesOf(start, { ...start, ...changed })
  return Object.keys(values).length === 0
    ? { customer_id: customer }
    : { customer_id: customer, values }
}

export const changedWords = (count: number) =>
  count === 0 ? null : `${count} ${count === 1 ? 'value' : 'values'} changed`

/** The features that matter most come first. */
export const byImportance = (features: readonly Feature[]) =>
  features.toSorted((a, b) => (b.importance ?? 0) - (a.importance ?? 0))

/** Outside what the model has seen, its answer is a guess. */
export function rangeWarning(feature: Feature, value: Value, format: (value: number) => string) {
  if (feature.kind !== 'number' || typeof value !== 'number') return null
  const { min, max } = feature
  // Half a step of slack: the form rounds, the training data did not.
  const slack = stepOf(feature) / 2
  if (max !== null && value > max + slack) return `Above the ${format(max)} seen in training`
  if (min !== null && value < min - slack) return `Below the ${format(min)} seen in training`
  return null
}

export const taskOf = (tasks: readonly TaskModels[], name: string) =>
  tasks.find((task) => task.task === name)

export const learnerLabel = (task: TaskModels) =>
  task.candidates.find((candidate) => candidate.learner === task.in_use)?.label ?? task.in_use
