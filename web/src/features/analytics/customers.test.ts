import { describe, expect, test } from 'vitest'

import { createFormat } from '@/lib/number-format'

import type { Cohorts, Pareto, Rfm } from './analyses'
import {
  cohortGrid,
  cohortSentence,
  customersNews,
  groupsOf,
  paretoSentence,
  rfmSentence,
} from './customers'
import { anomalySentence, seasonSentence, tellP } from './seasons'

const revenue = { name: 'revenue', label: 'Revenue', unit: 'currency' }
const cohorts: Cohorts = {
  grain: 'month',
  metric: revenue,
  n: 1302,
  last_complete: false,
  cohorts: [
    {
      cohort: '2010-12-01',
      customers: 885,
      active: [885, 324, 286],
      retention: [1, 0.366, 0.323],
      amounts: [5, 4, 3],
    },
    {
      cohort: '2011-01-01',
      customers: 417,
      active: [417, 92],
      retention: [1, 0.221],
      amounts: [2, 1],
    },
  ],
  mean_retention: [1, 0.366],
}
const pareto: Pareto = {
  metric: revenue,
  dimension: { name: 'customer', label: 'Customer', unit: '' },
  n: 4338,
  left_out: 0,
  total: 100,
  gini: 0.7153,
  share_of_top_fifth: 0.746,
  holders_of_four_fifths: 0.261,
  top: [{ holders: 0.2, share: 0.746 }],
  curve: [],
  best: [],
}

describe('cohorts', () => {
  test('are drawn from the first age on, with a gap where time has not come', () => {
    const grid = cohortGrid(cohorts)
    expect(grid.rows).toEqual(['December 2010', 'January 2011'])
    expect(grid.columns).toEqual(['1', '2'])
    expect(grid.cells.map((cell) => cell.value)).toEqual([0.366, 0.323, 0.221, null])
    expect(grid.left).toBe(0)
  })
  test('beyond eighteen are cut, and the cut is counted', () => {
    const [first] = cohorts.cohorts
    if (!first) throw new Error('a cohort')
    const many = { ...cohorts, cohorts: Array.from({ length: 30 }, () => first) }
    expect(cohortGrid(many).rows).toHaveLength(18)
    expect(cohortGrid(many).left).toBe(12)
  })
  test('are told by the first age, and by the sixth where there is one', () => {
    expect(cohortSentence(cohorts)).toBe(
      'Of all customers 36.6\u00a0% buy again in the month after their first purchase.',
    )
    const long = { ...cohorts, mean_retention: [1, 0.2, 0.2, 0.2, 0.2, 0.2, 0.29] }
    expect(cohortSentence(long)).toContain('29.0\u00a0% in the sixth')
    expect(cohortSentence({ ...cohorts, mean_retention: [1] })).toContain('old enough')
  })
})

test('groups without anybody are left out, the rest by what they bring', () => {
  const group = (label: string, customers: number, amount: number) => ({
    group: label,
    label,
    meaning: '',
    customers,
    share: customers / 10,
    amount,
    amount_share: amount / 100,
    median_recency_days: null,
    median_orders: null,
    mean_amount: null,
  })
  const rfm: Rfm = {
    metric: revenue,
    as_of: '2011-12-10',
    n: 10,
    groups: [group('At risk', 6, 20), group('Promising', 0, 0), group('Champions', 4, 80)],
    grid: [],
    customers: [],
  }
  expect(groupsOf(rfm).map((one) => one.label)).toEqual(['Champions', 'At risk'])
  expect(rfmSentence(rfm)).toBe(
    'Champions are 40\u00a0% of customers and bring 80\u00a0% of revenue.',
  )
})

test('shares are told in one sentence', () => {
  expect(paretoSentence(pareto)).toBe('26.1\u00a0% of customers bring 80 % of revenue; Gini 0.72.')
  expect(customersNews(pareto, cohorts)).toBe(
    'The top fifth of 4,338\u00a0customers brings **75\u00a0%** of revenue; **36.6\u00a0%** of new customers buy again in the next month.',
  )
  expect(customersNews(undefined, cohorts)).toBeNull()
})

describe('seasons', () => {
  test('say what may be chance, and why nothing can be said', () => {
    expect(seasonSentence({ season: 'weekday', n: 374, p: 1e-9, is_significant: true })).toBe(
      'Days of the week differ by more than chance (p < 0.0001, n = 374).',
    )
    expect(seasonSentence({ season: 'weekday', n: 90, p: 0.41, is_significant: false })).toContain(
      'do not differ',
    )
    expect(
      seasonSentence({ season: 'month of the year', n: 12, reason: 'two seasons are needed' }),
    ).toBe('Months of the year: nothing to say, two seasons are needed.')
    expect(tellP(0.01234)).toBe('p = 0.0123')
  })
  test('name the days that lie far out', () => {
    const odd = { on: '2011-12-09', value: 184_349, expected: 67_602, score: 21.8 }
    expect(anomalySentence(odd, 'currency', createFormat('GBP'))).toBe(
      '9 Dec 2011: £184\u00a0k where £67.6\u00a0k was expected',
    )
  })
})
