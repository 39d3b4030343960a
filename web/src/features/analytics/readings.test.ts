import { describe, expect, test } from 'vitest'

import type { OutlierColumn, Workspace } from '@/api/client'
import { createFormat } from '@/lib/number-format'
import { resolveTime } from '@/lib/time-range'

import type { Correlations } from './analyses'
import { correlationsNews, outliersNews, patternsNews, trendsNews } from './news'
import { missingRows, outsideShare, rulesOf, worstColumn } from './outliers'
import { drawnWords } from './outliers-tab'
import { chosenPair, pairPlan, pointsOf, strengthOf } from './pairs'
import { isRing, patternNote, patternSentence, slicesOf, type Pattern } from './patterns'
import type { Strip } from './strips'

const format = createFormat('EUR')

describe('the news of the trends', () => {
  const strip: Strip = {
    metric: {
      name: 'revenue',
      label: 'Revenue',
      description: '',
      unit: 'currency',
      good: 'up',
      additive: true,
      table: 'transactions',
    },
    state: 'shown',
    error: null,
    value: 110_000,
    before: 100_000,
    values: [],
    compared: null,
    normal: false,
  }
  const row = { value: 'App', key: 'App', label: 'App', now: 1, before: 0, share: 0, faded: false }
  const board = {
    rows: [
      { ...row, contribution: 0.62 },
      { ...row, label: 'Shop', contribution: 0.38 },
    ],
    groups: 2,
    change: 10_000,
  }
  test('names the change and what carried it', () => {
    expect(trendsNews(strip, 'previous 26 weeks', [{ label: 'Channel', board }], format)).toBe(
      'Revenue rose by **10.0\u00a0%** to **€110\u00a0k** against the previous 26 weeks; channel App made **62\u00a0%** of the gain.',
    )
  })
  test('keeps quiet about what is normal or cannot be compared', () => {
    const normal = trendsNews({ ...strip, normal: true }, 'previous 26 weeks', [], format)
    expect(normal).toContain('within normal variation')
    expect(trendsNews({ ...strip, before: null }, 'previous 26 weeks', [], format)).toBe(
      'Revenue is **€110\u00a0k** in this period.',
    )
    expect(trendsNews({ ...strip, state: 'loading' }, null, [], format)).toBeNull()
    expect(trendsNews({ ...strip, state: 'failed', value: null }, null, [], format)).toBeNull()
  })
})

const column: OutlierColumn = {
  table: 'web_analytics',
  column: 'page_views',
  label: 'Page views',
  unit: 'count',
  n: 200,
  missing: 4,
  mean: 5,
  sd: 2,
  iqr: { lower: -1, upper: 11, count: 10 },
  zscore: { lower: -1, upper: 11, count: 4 },
  percentile: null,
  box: null,
  extreme: [40, 30],
  winsorized: null,
  histogram: null,
}

describe('outliers', () => {
  test('are counted by three rules; one without bounds has no count', () => {
    expect(rulesOf(column).map((rule) => [rule.count, rule.share])).toEqual([
      [10, 0.05],
      [4, 0.02],
      [null, null],
    ])
    expect(outsideShare({ iqr: column.iqr, n: 0 })).toBeNull()
  })
  test('say when only some of them are drawn', () => {
    expect(drawnWords(column)).toBe('Dots: the 2 farthest of 10 outside.')
    expect(drawnWords({ ...column, extreme: [] })).toBe('No value lies outside the whiskers.')
  })
  test('show the worst column first, of those with enough values', () => {
    const few = { ...column, n: 12, iqr: { lower: 0, upper: 1, count: 6 } }
    const calm = { ...column, iqr: { lower: 0, upper: 1, count: 0 } }
    expect(worstColumn([few, calm, column])).toBe(column)
    expect(worstColumn([few])).toBe(few)
    expect(worstColumn([])).toBeNull()
  })
  test('have the worst column as their news', () => {
    expect(outliersNews({ columns: [column] })).toBe(
      '**5.0\u00a0%** of the values of page views in web analytics lie outside the quartile rule, more than in any other column.',
    )
    expect(outliersNews({ columns: [] })).toContain('no column of numbers')
  })
})

test('missing values stand with the largest share first', () => {
  const one = { type: 'text', treatment: 'none', reason: '' }
  const tables = [
    {
      table: 'customers',
      rows: 10,
      columns: [
        { ...one, column: 'name', missing: 0, share: 0 },
        { ...one, column: 'age', missing: 1, share: 0.1 },
        { ...one, column: 'email', missing: 5, share: 0.5 },
      ],
    },
  ]
  const names = (all: boolean) => missingRows(tables, all).map((row) => row.column)
  expect(names(false)).toEqual(['email', 'age'])
  expect(names(true)).toEqual(['email', 'age', 'name'])
})

const found: Correlations = {
  entity: 'customer',
  columns: [
    { name: 'total_spent', label: 'Spent so far' },
    { name: 'recency_days', label: 'Days since last order' },
    { name: 'age', label: 'Age' },
  ],
  n: 50,
  matrix: [
    [1, -0.7, 0.2],
    [-0.7, 1, null],
    [0.2, null, 1],
  ],
  strong: [
    { a: 'age', b: 'total_spent', r: 0.55, n: 40 },
    { a: 'total_spent', b: 'recency_days', r: -0.7, n: 50 },
  ],
}
const pair = { a: 'total_spent', b: 'recency_days' }

describe('pairs', () => {
  test('begin with the strongest, and follow the address in either order', () => {
    expect(chosenPair(found, undefined)).toMatchObject(pair)
    expect(chosenPair(found, 'recency_days,total_spent')).toMatchObject(pair)
    expect(chosenPair(found, 'total_spent,age')).toMatchObject({ a: 'age', n: 40 })
    expect(chosenPair({ ...found, strong: [] }, 'total_spent,age')).toMatchObject({ r: 0.2 })
    expect(chosenPair({ ...found, strong: [] }, 'age,recency_days')).toBeNull()
  })
  test('are told in words', () => {
    expect([0.05, 0.2, -0.4, 0.9].map(strengthOf)).toEqual([
      'none',
      'weak, together',
      'medium, against',
      'strong, together',
    ])
    expect(correlationsNews(found)).toBe(
      '**Spent so far** and **days since last order** move against each other: r = **−0.70** over 50\u00a0customers.',
    )
    expect(correlationsNews({ ...found, strong: [] })).toContain('No two numbers')
  })

  const metric = (name: string, unit: string) => ({ name, label: name, unit })
  const workspace = {
    model: {
      metrics: [metric('revenue', 'currency'), metric('last_order', 'number')],
      dimensions: [{ name: 'customer', kind: 'number' }],
    },
  } as unknown as Workspace
  const view = { where: [], range: resolveTime('30d', { from: '2026-01-01', to: '2026-11-20' }) }
  test('are drawn from metrics by customer, with all that was known at the end', () => {
    const plan = pairPlan(pair, found, workspace, view)
    expect(plan?.query).toMatchObject({
      metrics: ['revenue', 'last_order'],
      by: ['customer'],
      to: '2026-11-21',
    })
    expect(plan?.query.from).toBeUndefined()
    const answer = {
      columns: [{ name: 'customer' }, { name: 'revenue' }, { name: 'last_order' }],
      rows: [
        [7, 12.5, '2026-11-11T10:00:00Z'],
        [8, null, '2026-11-11T10:00:00Z'],
      ],
    }
    expect(plan && pointsOf(answer as never, plan)).toEqual([
      { x: 12.5, y: 10, label: 'Customer 7' },
    ])
  })
  test('are not drawn when the model cannot list them', () => {
    expect(pairPlan({ a: 'age', b: 'total_spent' }, found, workspace, view)).toBeNull()
  })
})

describe('patterns', () => {
  const value = (name: string | null, revenue: number, share: number, orders: number) => ({
    value: name,
    orders,
    revenue,
    share,
    average_order_value: orders > 0 ? revenue / orders : null,
  })
  const pattern: Pattern = {
    name: 'channel',
    label: 'Channel',
    n: 110,
    metric: 'revenue',
    values: [
      value('Online', 600, 0.6, 60),
      value('Store', 380, 0.38, 32),
      value(null, 20, 0.02, 1),
    ],
  }
  test('are told by the largest and by the highest orders that rest on enough', () => {
    expect(patternSentence(pattern, format)).toBe(
      'Online brings 60\u00a0% of revenue; Store has the largest orders of any channel, €11.88 an order.',
    )
    expect(patternsNews({ dimensions: [pattern] })).toBe(
      'Largest shares of revenue: channel **Online** 60\u00a0%.',
    )
    expect(patternsNews({ dimensions: [] })).toBe('Nothing was sold in this period.')
  })
  test('say what may be chance', () => {
    expect(patternNote(pattern)).toBeNull()
    const tested: Pattern = {
      ...pattern,
      shares_test: { chi_square: 90, df: 1, p: 1e-8, effect: 0.34, n: 92 },
      value_test: { statistic: 1, p: 0.31, effect: 0.01, n: 92 },
    }
    expect(patternNote(tested)).toBe(
      'Tests: not chosen equally often (p < 0.0001, effect medium); order values may differ by chance (p = 0.3100).',
    )
  })
  test('are a ring up to six values', () => {
    expect(isRing(pattern.values)).toBe(true)
    expect(isRing(Array.from({ length: 7 }, () => value('x', 1, 0.1, 1)))).toBe(false)
    expect(slicesOf(pattern.values)[2]).toEqual({ label: 'not known', value: 20, filter: null })
  })
})
