import { describe, expect, test } from 'vitest'

import type { Workspace } from '@/api/client'
import { parseSearch, stringifySearch } from '@/lib/view-search'

import {
  effectiveSort,
  formatMetricFilters,
  matching,
  parseMetricFilters,
  readQuestion,
  toQuery,
  writeQuestion,
  type Question,
} from './question'
import { querySearch } from './search'

const workspace = {
  model: {
    currency: 'EUR',
    metrics: [
      { name: 'revenue', label: 'Revenue', description: 'Sum of amounts', table: 'sales' },
      { name: 'orders', label: 'Orders', description: '', table: 'sales' },
    ],
    dimensions: [
      { name: 'month', label: 'Month', kind: 'time', grain: 'month', table: 'sales' },
      { name: 'segment', label: 'Segment', kind: 'text', table: 'customers' },
    ],
  },
} as unknown as Workspace

const read = (address: string) =>
  readQuestion(querySearch.parse(parseSearch(address.slice(1))), workspace)

const full: Question = {
  metrics: ['revenue', 'orders'],
  dimensions: ['segment', 'month'],
  filters: [
    { metric: 'revenue', op: '>=', value: 1000.5 },
    { metric: 'orders', op: '!=', value: 0 },
  ],
  sort: { by: 'orders', descending: true },
  limit: 25,
  totals: false,
  chart: 'heatmap',
}

describe('the address of a question', () => {
  test('gives the same question back', () => {
    expect(read(stringifySearch(writeQuestion(full)))).toEqual(full)
  })
  test('can be read by a person', () => {
    const text = stringifySearch(writeQuestion({ ...full, filters: [] }))
    expect(text).toBe('?m=revenue,orders&by=segment,month&s=-orders&n=25&sum=0&c=heatmap')
  })
  test('is revenue by month when it says nothing', () => {
    expect(read('?')).toMatchObject({ metrics: ['revenue'], dimensions: ['month'], limit: 1000 })
  })
  test('may say that nothing is chosen', () => {
    expect(read('?m=')).toMatchObject({ metrics: [], dimensions: [] })
  })
  test('forgets what makes no sense', () => {
    expect(read('?m=revenue&n=many&c=spider&sum=2')).toMatchObject({
      limit: 1000,
      chart: null,
      totals: true,
    })
  })
})

test.each([
  ['revenue>1000', [{ metric: 'revenue', op: '>', value: 1000 }]],
  [' revenue <= -2.5 ', [{ metric: 'revenue', op: '<=', value: -2.5 }]],
  ['revenue>1e3;orders=2', expect.arrayContaining([{ metric: 'orders', op: '=', value: 2 }])],
  ['revenue>', []],
  ['revenue>1.2.3', []],
  ['>5', []],
  [undefined, []],
])('%s as conditions', (text, expected: unknown) => {
  expect(parseMetricFilters(text)).toEqual(expected)
})

test('conditions come back from their text as they were', () => {
  expect(parseMetricFilters(formatMetricFilters(full.filters))).toEqual(full.filters)
  expect(formatMetricFilters([])).toBeUndefined()
})

describe('without a chosen order', () => {
  const plain = { ...full, sort: null }
  test('time runs forward', () => {
    expect(effectiveSort(plain, workspace)).toEqual({ by: 'month', descending: false })
  })
  test('a ranking begins with the largest', () => {
    expect(effectiveSort({ ...plain, dimensions: ['segment'] }, workspace)).toEqual({
      by: 'revenue',
      descending: true,
    })
  })
  test('an order by something no longer asked for does not count', () => {
    const stale = { ...plain, dimensions: ['segment'], sort: { by: 'month', descending: true } }
    expect(effectiveSort(stale, workspace)?.by).toBe('revenue')
  })
})

test('the query has the filters of the view and those of the question', () => {
  const view = {
    query: {
      where: [{ field: 'segment', op: 'in' as const, values: ['Premium'] }],
      from: '2026-01-01',
      to: '2026-02-01',
    },
  }
  const query = toQuery(full, view, workspace)
  expect(query?.where).toEqual([
    { field: 'segment', op: 'in', values: ['Premium'] },
    { field: 'revenue', op: '>=', values: [1000.5] },
    { field: 'orders', op: '!=', values: [0] },
  ])
  expect(query).toMatchObject({ from: '2026-01-01', limit: 25, totals: false })
  expect(toQuery({ ...full, metrics: [], dimensions: [] }, view, workspace)).toBeNull()
})

test('the search looks at names, labels and descriptions', () => {
  const { metrics } = workspace.model
  expect(matching(metrics, 'AMOUNT').map((metric) => metric.name)).toEqual(['revenue'])
  expect(matching(metrics, '')).toHaveLength(2)
})
