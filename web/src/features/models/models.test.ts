import { describe, expect, test } from 'vitest'

import type { Customer, Feature, Prediction } from '@/api/client'

import {
  averageValues,
  bodyOf,
  changesOf,
  customerValues,
  rangeWarning,
  roundTo,
  stepOf,
} from './form'
import { decimalsOf, roundToSum, stepsOf, unitOf } from './steps'

const number = (name: string, more: Partial<Feature> = {}): Feature => ({
  name,
  label: name,
  kind: 'number',
  unit: 'days',
  min: 0,
  max: 400,
  mean: 80.4,
  histogram: null,
  categories: null,
  importance: 0.1,
  ...more,
})
const segment: Feature = {
  ...number('segment'),
  kind: 'category',
  min: null,
  max: null,
  mean: null,
  categories: [
    { value: 'Premium', share: 0.2 },
    { value: 'Regular', share: 0.8 },
  ],
}

const prediction = (base: number, changes: number[], unit: 'probability' | 'currency') =>
  ({
    base,
    contributions: changes.map((contribution, index) => ({
      feature: `f${index}`,
      label: `F${index}`,
      value: index,
      contribution,
    })),
    output: {
      value: base + changes.reduce((sum, change) => sum + change, 0),
      unit,
      low: null,
      high: null,
    },
  }) as unknown as Prediction

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)

describe('rounding that adds up', () => {
  test('gives the missing unit to the part that lost most', () => {
    expect(roundToSum([0.3333, 0.3333, 0.3334], 1, 0.1)).toEqual([0.3, 0.3, 0.4])
  })
  test('takes the surplus from the part that gained most', () => {
    expect(roundToSum([0.05, 0.06, 0.09], 0.2, 0.1)).toEqual([0, 0.1, 0.1])
  })
  test('works below zero', () => {
    expect(sum(roundToSum([0.24, -0.087, 0.0444, -0.1023], 0.0951, 0.01))).toBeCloseTo(0.1, 12)
  })
  test.each([1, 2, 3, 4, 5, 6, 7, 8])('holds for any numbers, case %d', (seed) => {
    let state = seed
    const next = () => (state = (state * 48271) % 2147483647) / 2147483647 - 0.5
    const parts = Array.from({ length: 12 }, next)
    const rounded = roundToSum(parts, sum(parts), 0.001)
    expect(Math.round(1000 * sum(rounded))).toBe(Math.round(1000 * sum(parts)))
    parts.forEach((part, index) => {
      expect(Math.abs(part - (rounded[index] ?? 0))).toBeLessThan(0.0015)
    })
  })
})

describe('a waterfall', () => {
  const churn = prediction(0.241, [0.2744, -0.0321, 0.0981, 0.0066, 0.0004], 'probability')
  test('adds up to the decimal it shows', () => {
    const { base, steps, result } = stepsOf(churn, unitOf(churn))
    const printed = [base, ...steps.map((step) => step.change)].map((x) => Math.round(1000 * x))
    expect(sum(printed)).toBe(Math.round(1000 * result))
  })
  test('begins with the largest step', () => {
    expect(stepsOf(churn, 0.001).steps.map((step) => step.feature)).toEqual([
      'f0',
      'f2',
      'f1',
      'f3',
      'f4',
    ])
  })
  test('folds many small steps into one and still adds up', () => {
    const many = prediction(
      1310,
      Array.from({ length: 20 }, (_, index) => index - 7.3),
      'currency',
    )
    const { base, steps, result } = stepsOf(many, unitOf(many))
    expect(steps).toHaveLength(8)
    expect(steps.at(-1)?.label).toBe('13 others')
    expect(base + sum(steps.map((step) => step.change))).toBe(result)
  })
  test('says what no feature answers for', () => {
    const hole = { ...churn, output: { ...churn.output, value: churn.output.value + 0.05 } }
    const { steps } = stepsOf(hole, 0.001)
    expect(steps.at(-1)?.label).toBe('Not explained')
    expect(steps.at(-1)?.change).toBeCloseTo(0.05, 3)
  })
  test('tells large sums in whole units and small ones in cents', () => {
    expect([1310, 310, 31].map((base) => decimalsOf(unitOf(prediction(base, [0], 'currency')))))
      // Nothing finer than what a person would compare.
      .toEqual([0, 1, 2])
  })
})

describe('the form', () => {
  const features = [number('recency'), number('amount', { unit: 'currency', max: 5 }), segment]
  test('begins with an average customer', () => {
    expect(averageValues(features)).toEqual({ recency: 80, amount: 80.4, segment: 'Regular' })
  })
  test('takes a customer as they are, with what is not known left open', () => {
    const customer: Customer = { customer_id: 7, attributes: {}, features: { recency: 12 } }
    expect(customerValues(features, customer)).toEqual({
      recency: 12,
      amount: null,
      segment: null,
    })
  })
  test('counts a value put back as not changed', () => {
    expect(changesOf({ a: 1, b: 2 }, { a: 1, b: 3 })).toEqual({ b: 3 })
    expect(changesOf({ a: 1, b: 2 }, { a: 1, b: 2 })).toEqual({})
  })
  test('sends a customer and only what was changed', () => {
    expect(bodyOf(7, { a: 1, b: 2 }, { b: 3 })).toEqual({ customer_id: 7, values: { b: 3 } })
    expect(bodyOf(7, { a: 1, b: 2 }, { b: 2 })).toEqual({ customer_id: 7 })
  })
  test('sends everything when there is no customer', () => {
    expect(bodyOf(null, { a: 1, b: 2 }, { b: 3 })).toEqual({ values: { a: 1, b: 3 } })
  })
  test('warns outside of what was seen in training', () => {
    const recency = number('recency')
    expect(rangeWarning(recency, 401, String)).toBe('Above the 400 seen in training')
    expect(rangeWarning(recency, -1, String)).toBe('Below the 0 seen in training')
    expect(rangeWarning(recency, 400, String)).toBeNull()
    expect(rangeWarning(recency, null, String)).toBeNull()
  })
  test('steps fit the spread of a feature', () => {
    expect(stepOf(number('recency'))).toBe(1)
    expect(stepOf(number('share', { unit: 'percent', max: 1 }))).toBe(0.001)
    expect(stepOf(number('constant', { min: 3, max: 3 }))).toBe(1)
    expect(roundTo(0.30000000000000004, 0.1)).toBe(0.3)
  })
})
