import { describe, expect, test } from 'vitest'

import { ApiError, type Answer, type Metric, type Workspace } from '@/api/client'
import type { CardAnswer } from '@/api/page-queries'
import { buckets } from '@/lib/dates'
import { comparedSpan, resolveTime } from '@/lib/time-range'

import { bucketAt, stepped, timeLabels } from './metric-strips'
import type { TrendsPlan } from './queries'
import { shownStrips, stripOf } from './strips'

const metric = (name: string): Metric => ({
  name,
  label: name,
  description: '',
  unit: 'count',
  good: 'up',
  additive: true,
  table: 'transactions',
})
const workspace = {
  model: {
    metrics: [],
    dimensions: [
      { name: 'week', label: 'Week', kind: 'time', grain: 'week', table: '', pii: false },
    ],
  },
} as unknown as Workspace

const range = resolveTime('3w', { from: '2026-01-01', to: '2026-11-20' })
const compared = comparedSpan(range, 'prev')

const series = (name: string, rows: [string, number][], total: number): CardAnswer => ({
  state: 'shown',
  stale: false,
  answer: {
    columns: [{ name: 'week' }, { name }],
    rows,
    totals: [null, total],
    num_rows: rows.length,
  } as unknown as Answer,
})
const failed: CardAnswer = {
  state: 'failed',
  error: new ApiError({ code: 'invalid_argument', message: 'sessions have no channel' }),
  retry: () => undefined,
}

function context(names: string[], answers: Record<string, CardAnswer>, filtered = false) {
  const metrics = names.map(metric)
  const plan = { metrics, chosen: metrics[0], grain: 'week', queries: {} } as unknown as TrendsPlan
  const where = filtered ? [{ field: 'channel', op: 'in' as const, values: ['Online'] }] : []
  return { plan, view: { range, compared, where }, answers, workspace }
}

describe('a strip', () => {
  const answers = {
    'strip:orders': series('orders', [['2026-11-02', 5], ['2026-11-16', 3]], 8), // prettier-ignore
    'strip:orders:before': series('orders', [['2026-10-12', 4]], 4),
  }
  test('has its total, its buckets and the same buckets of the period before', () => {
    const strip = stripOf(metric('orders'), context(['orders'], answers))
    expect(strip).toMatchObject({ state: 'shown', value: 8, before: 4 })
    expect(strip.values).toEqual([5, 0, 3])
    expect(strip.compared).toEqual([4, 0, 0])
  })
  test('has nothing to compare with before the data begin', () => {
    const empty = { ...answers, 'strip:orders:before': series('orders', [], 0) }
    const strip = stripOf(metric('orders'), context(['orders'], empty))
    expect(strip).toMatchObject({ before: null, compared: null })
  })
  test('that no period cuts still has its number', () => {
    const total: CardAnswer = series('churn', [], 0)
    if (total.state === 'shown') total.answer.rows = [[0, 0.2]]
    const strip = stripOf(
      metric('churn'),
      context(['churn'], { 'strip:churn': failed, 'total:churn': total }),
    )
    expect(strip).toMatchObject({ state: 'timeless', value: 0.2 })
  })
})

describe('of the strips', () => {
  const shown = (name: string) => [`strip:${name}`, series(name, [['2026-11-02', 1]], 1)] as const
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
  test('six are shown', () => {
    const strips = shownStrips(context(names, Object.fromEntries(names.map(shown))))
    expect(strips.map((strip) => strip.metric.name)).toEqual(names.slice(0, 6))
  })
  test('the metric in front is always one', () => {
    const all = context(names, Object.fromEntries(names.map(shown)))
    all.plan.chosen = all.plan.metrics[6] ?? all.plan.chosen
    expect(shownStrips(all).map((strip) => strip.metric.name)).toEqual([
      'a',
      'b',
      'c',
      'd',
      'e',
      'g',
    ])
  })
  test('one without time is left out, one a filter silenced stays and says so', () => {
    const answers = { ...Object.fromEntries([shown('a')]), 'strip:b': failed }
    expect(shownStrips(context(['a', 'b'], answers))).toHaveLength(1)
    const filtered = { ...answers, ...Object.fromEntries([['probe:b', series('b', [], 0)]]) }
    expect(shownStrips(context(['a', 'b'], filtered, true))[1]?.state).toBe('failed')
    const timeless = { ...answers, 'probe:b': failed }
    expect(shownStrips(context(['a', 'b'], timeless, true))).toHaveLength(1)
  })
})

test('the year stands where a new one begins', () => {
  const starts = buckets('month', '2024-11-01', '2026-11-20')
  expect(timeLabels(starts, 'month').map(({ text }) => text)).toEqual(
    ['Nov', '2025', 'May', 'Aug', 'Nov', '2026', 'May', 'Aug', 'Nov'], // prettier-ignore
  )
})

test('the crosshair follows the pointer and the arrow keys', () => {
  expect([0, 0.49, 1, 1.2].map((across) => bucketAt(across, 27))).toEqual([0, 13, 26, 26])
  expect(bucketAt(0.5, 0)).toBeNull()
  expect(stepped('ArrowRight', null, 5)).toBe(0)
  expect(stepped('ArrowLeft', null, 5)).toBe(4)
  expect(stepped('ArrowRight', 4, 5)).toBe(4)
  expect(stepped('Escape', 2, 5)).toBeNull()
  expect(stepped('x', 2, 5)).toBeUndefined()
})
