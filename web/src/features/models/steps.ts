// The steps of a waterfall, rounded so that what is printed adds up to the decimal.

import type { Prediction } from '@/api/client'

export interface Step {
  feature: string | null // null: the unnamed rest.
  label: string
  value: Prediction['contributions'][number]['value']
  change: number
}

export interface Steps {
  base: number
  steps: Step[]
  result: number
}

/**
 * Rounds parts to multiples of `unit` so that they sum to the rounded total.
 *
 * Method: largest remainder. Each part is rounded to the nearest; what is then too much or too
 * little goes, one unit at a time, to the parts whose rounding was farthest the other way. No part
 * moves by more than one unit beyond its own rounding as long as the parts do sum to the total.
 */
export function roundToSum(parts: readonly number[], total: number, unit: number): number[] {
  const exact = parts.map((part) => part / unit)
  const whole = exact.map((part) => Math.round(part))
  let left = Math.round(total / unit) - whole.reduce((sum, part) => sum + part, 0)
  const sign = Math.sign(left)
  const order = exact
    .map((part, index) => ({ index, error: sign * (part - (whole[index] ?? 0)) }))
    .toSorted((a, b) => b.error - a.error)
  for (let turn = 0; left !== 0 && order.length > 0; turn += 1, left -= sign) {
    const { index } = order[turn % order.length] ?? { index: 0 }
    whole[index] = (whole[index] ?? 0) + sign
  }
  return whole.map((part) => clean(part * unit))
}

// 0.1 times 3 is 0.30000000000000004; the sum of such is not what is printed.
const clean = (value: number) => Number(value.toPrecision(12))

/** The largest steps by name, the others as one, all rounded to `unit` and adding up. */
export function stepsOf(prediction: Prediction, unit: number, named = 7): Steps {
  const { base, contributions, output } = prediction
  const sorted = contributions.toSorted(
    (a, b) => Math.abs(b.contribution) - Math.abs(a.contribution),
  )
  // One step alone is not worth a row called "1 other".
  const cut = sorted.length <= named + 1 ? sorted.length : named
  const rest = sorted.slice(cut)
  const steps: Step[] = sorted.slice(0, cut).map(({ feature, label, value, contribution }) => ({
    feature,
    label,
    value,
    change: contribution,
  }))
  if (rest.length > 0) {
    const change = rest.reduce((sum, one) => sum + one.contribution, 0)
    steps.push({ feature: null, label: `${rest.length} others`, value: null, change })
  }
  const sum = base + steps.reduce((total, step) => total + step.change, 0)
  // What no feature answers for is said, not spread over the features.
  if (Math.abs(output.value - sum) > unit)
    steps.push({ feature: null, label: 'Not explained', value: null, change: output.value - sum })
  const [first = 0, ...changes] = roundToSum(
    [base, ...steps.map((step) => step.change)],
    output.value,
    unit,
  )
  return {
    base: first,
    steps: steps.map((step, index) => ({ ...step, change: changes[index] ?? 0 })),
    result: clean(Math.round(output.value / unit) * unit),
  }
}

/** Chances to a tenth of a point; money as finely as its size asks for. */
export function unitOf(prediction: Prediction): number {
  if (prediction.output.unit === 'probability') return 0.001
  const size = Math.max(Math.abs(prediction.output.value), Math.abs(prediction.base))
  return size >= 1000 ? 1 : size >= 100 ? 0.1 : 0.01
}

export const decimalsOf = (unit: number) => Math.max(0, Math.round(-Math.log10(unit)))
