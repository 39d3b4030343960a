import { describe, expect, test } from 'vitest'

import type { Basket, Funnel, Pareto, Survival } from './analyses'
import {
  basketSentence,
  funnelSentence,
  lorenzPoints,
  lorenzSentence,
  survivalPoints,
  survivalSentence,
} from './behaviour'

const NBSP = '\u00a0'

const pareto = (curve: number[][]) =>
  ({ metric: { name: 'revenue', label: 'Revenue', unit: 'currency' }, curve }) as unknown as Pareto

describe('the Lorenz curve', () => {
  test('begins at nothing, whether the server says so or not', () => {
    const rest = { x: 1, share: 1 }
    expect(lorenzPoints(pareto([[1, 1]]))).toEqual([{ x: 0, share: 0 }, rest])
    expect(
      lorenzPoints(
        pareto([
          [0, 0],
          [1, 1],
        ]),
      ),
    ).toEqual([{ x: 0, share: 0 }, rest])
  })
  test('leaves out a point that is none', () => {
    expect(lorenzPoints(pareto([[0, 0], [0.5], [1, 1]]))).toHaveLength(2)
  })
  test('is told by what the smaller half brings', () => {
    const curve = [
      [0, 0],
      [0.4, 0.05],
      [0.5, 0.125],
      [0.6, 0.2],
      [1, 1],
    ]
    expect(lorenzSentence(pareto(curve))).toBe(
      `The smaller half brings 12.5${NBSP}% of revenue; on the dashed line everybody would bring the same.`,
    )
  })
})

const point = (day: number, survival: number) => ({
  day,
  at_risk: 10,
  events: 1,
  se: 0.05,
  survival,
  lower: survival - 0.1,
  upper: survival + 0.1,
})
const survival = (median: number | null, gap: number | null, last = 0.4) =>
  ({
    gap_days: gap,
    curves: [{ name: 'all', median_days: median, points: [point(30, 0.8), point(90, last)] }],
  }) as unknown as Survival

describe('survival', () => {
  test('begins with everybody, and keeps its interval', () => {
    const points = survivalPoints([point(30, 0.8)])
    expect(points[0]).toEqual({ x: 0, share: 1, low: 1, high: 1 })
    expect(points[1]?.x).toBe(30)
    expect(points[1]?.low).toBeCloseTo(0.7)
    expect(points[1]?.high).toBeCloseTo(0.9)
  })
  test('is told by the day on which half are lost', () => {
    expect(survivalSentence(survival(1234, 90))).toBe(
      'Half of the customers are lost after 1,234 days; who is away for 90 days is lost.',
    )
  })
  test('without such a day it says who is left', () => {
    expect(survivalSentence(survival(null, null, 0.612))).toBe(
      `61.2${NBSP}% of customers are still there at the end.`,
    )
    expect(survivalSentence({ curves: [], gap_days: null } as unknown as Survival)).toBe(
      'Nobody has bought yet.',
    )
  })
})

test('the best rule of the baskets is told with how much it beats chance', () => {
  const rule = { left: ['Lamp', 'Bulb'], right: 'Shade', confidence: 0.25, lift: 3.14159 }
  expect(basketSentence({ rules: [rule], min_baskets: 20 } as unknown as Basket)).toBe(
    `Who buys Lamp and Bulb buys Shade in 25.0${NBSP}% of cases, 3.1 times as often as everybody.`,
  )
  expect(basketSentence({ rules: [], min_baskets: 20 } as unknown as Basket)).toMatch(
    /^Nothing is bought together in at least 20 orders/,
  )
})

describe('the funnel', () => {
  const step = (label: string, of_first: number, of_before: number | null) => ({
    label,
    of_first,
    of_before,
  })
  const funnel = (steps: ReturnType<typeof step>[]) =>
    ({ steps, unit: 'sessions' }) as unknown as Funnel
  test('names the step before which most are lost, not the last one', () => {
    const steps = [step('Visit', 1, null), step('Product', 0.3, 0.3), step('Order', 0.2, 0.667)]
    expect(funnelSentence(funnel(steps))).toBe(
      `20.0${NBSP}% of sessions reach the last step; most are lost before “Product”.`,
    )
  })
  test('of one step has nothing to lose', () => {
    expect(funnelSentence(funnel([step('Visit', 1, null)]))).toBe(
      `100.0${NBSP}% of sessions reach the last step.`,
    )
    expect(funnelSentence(funnel([]))).toBe('No step was reached.')
  })
})
