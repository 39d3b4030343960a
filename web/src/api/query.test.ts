import { describe, expect, test } from 'vitest'

import { parseFilters } from '@/lib/filters'

import type { Answer, Workspace } from './client'
import { alignComparison, csvUrl, incompleteLast, seriesOf, toConditions } from './query'

const dimension = (name: string, kind: 'text' | 'number' | 'boolean') => ({
  name,
  label: name,
  kind,
  table: 'customers',
  pii: false,
})

const workspace: Workspace = {
  name: 'shop',
  version: '1',
  user: { name: 'A B', role: 'analyst' },
  model: {
    metrics: [],
    dimensions: [
      dimension('segment', 'text'),
      dimension('age', 'number'),
      dimension('churned', 'boolean'),
    ],
    currency: 'EUR',
  },
  data: { snapshot: '1', loaded_at: null, from: null, to: null, tables: [] },
  quality: { score: null, coverage: 0, status: 'unknown', alerts: 0 },
}

describe('filters become conditions', () => {
  test('with values of the type of their dimension', () => {
    expect(
      toConditions(parseFilters('segment:007;age!:41,(null);churned:true'), workspace),
    ).toEqual([
      { field: 'segment', op: 'in', values: ['007'] },
      { field: 'age', op: 'not_in', values: [41, null] },
      { field: 'churned', op: 'in', values: [true] },
    ])
  })
  test('but not on a dimension these data do not have', () => {
    expect(toConditions(parseFilters('planet:Mars'), workspace)).toEqual([])
  })
})

const answer: Answer = {
  columns: [
    { name: 'week', label: 'Week', type: 'date', role: 'dimension' },
    { name: 'revenue', label: 'Revenue', type: 'decimal', role: 'metric' },
  ],
  rows: [
    ['2026-11-02', 10],
    ['2026-11-16', 4],
  ],
  num_rows: 2,
  rows_read: 2,
  rows_matched: 2,
  elapsed_ms: 1,
}
const starts = ['2026-11-02', '2026-11-09', '2026-11-16']

describe('a series', () => {
  test('of sums has zero where nobody bought, and a gap where a mean has nothing to rest on', () => {
    const values = (additive: boolean) =>
      seriesOf(answer, 'week', 'revenue', starts, additive).map((point) => point.value)
    expect(values(true)).toEqual([10, 0, 4])
    expect(values(false)).toEqual([10, null, 4])
  })
  test('is compared bucket by bucket, also when the stride is no whole number of buckets', () => {
    const before = [
      { start: '2026-09-28', value: 1 },
      { start: '2026-10-05', value: 2 },
      { start: '2026-10-12', value: 3 },
    ]
    // 30 days before Monday 2 November is Saturday 3 October, in the week of 28 September.
    expect(alignComparison(starts, before, 'week', { unit: 'day', count: 30 })).toEqual([1, 2, 3])
  })
  test('knows how much of its last bucket is in', () => {
    const span = { from: '2026-11-02', to: '2026-11-21' }
    expect(incompleteLast(starts, 'week', span)).toEqual({ days: 5, of: 7 })
    expect(incompleteLast(starts, 'week', { ...span, to: '2026-11-23' })).toBeNull()
  })
})

test('a query travels whole in the address of its CSV', () => {
  const query = { metrics: ['revenue'], by: ['segment'], where: "country = 'UK' & more" }
  const text = new URL(csvUrl(query), 'http://host').searchParams.get('query')
  expect(JSON.parse(text ?? '')).toEqual(query)
})
