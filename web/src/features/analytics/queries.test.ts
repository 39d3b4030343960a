import { describe, expect, test } from 'vitest'

import type { Condition, Workspace } from '@/api/client'
import { comparedSpan, resolveTime } from '@/lib/time-range'

import { keyOf, pickedBoards, trendsPlan } from './queries'

const metric = (name: string, table = 'transactions') => ({
  name,
  label: name,
  description: '',
  unit: 'count' as const,
  good: 'up' as const,
  additive: true,
  table,
})
const dimension = (name: string, pii = false) => ({
  name,
  label: name,
  kind: 'text' as const,
  table: 'transactions',
  pii,
})
const workspace = {
  model: {
    metrics: ['revenue', 'orders', 'units', 'margin'].map((name) => metric(name)),
    dimensions: [
      dimension('country'),
      dimension('channel'),
      dimension('email', true),
      { ...dimension('week'), kind: 'time', grain: 'week' },
      { ...dimension('customer'), kind: 'number' },
    ],
  },
} as unknown as Workspace

const range = resolveTime('26w', { from: '2025-01-01', to: '2026-11-20' })
const compared = comparedSpan(range, 'prev')
const where: Condition[] = [{ field: 'channel', op: 'in', values: ['Online'] }]
const view = {
  range,
  where,
  query: { where, from: range.from, to: range.to },
  comparedQuery: compared && { where, from: compared.from, to: compared.to },
}

describe('the plan of the trends', () => {
  const plan = trendsPlan(workspace, view, {})
  test('puts revenue in front and known metrics first', () => {
    expect(plan?.chosen.name).toBe('revenue')
    expect(plan?.metrics.map(({ name }) => name)).toEqual(['revenue', 'orders', 'units', 'margin'])
  })
  test('asks every strip for both periods, with totals', () => {
    expect(plan?.queries[keyOf('strip', 'orders')]).toMatchObject({
      by: ['week'],
      from: range.from,
      totals: true,
    })
    expect(plan?.queries[keyOf('strip', 'orders', true)]).toMatchObject({ from: compared?.from })
  })
  test('leaves personal data, time and single customers out of the leaderboards', () => {
    expect(plan?.boards.map(({ name }) => name)).toEqual(['channel', 'country'])
  })
  test('takes the own filter off a leaderboard, and only there', () => {
    expect(plan?.queries[keyOf('by', 'channel')]?.where).toEqual([])
    expect(plan?.queries[keyOf('by', 'country')]?.where).toEqual(where)
  })
  test('stays under the 64 queries of a batch', () => {
    expect(Object.keys(plan?.queries ?? {}).length).toBeLessThanOrEqual(64)
  })
})

test('the metric of the address is in front, whatever its place', () => {
  expect(trendsPlan(workspace, view, { m: 'margin' })?.chosen.name).toBe('margin')
  expect(trendsPlan(workspace, view, { m: 'gone' })?.chosen.name).toBe('revenue')
})

test('dimensions picked by hand are all shown, unknown names are left out', () => {
  const plan = trendsPlan(workspace, view, { d: 'email,country,nothing,country' })
  expect(plan?.picked).toBe(true)
  expect(plan?.boards.map(({ name }) => name)).toEqual(['email', 'country'])
  expect(pickedBoards(workspace, undefined)).toEqual([])
})

test('a model without metrics has nothing to ask', () => {
  const empty = { model: { metrics: [], dimensions: [] } } as unknown as Workspace
  expect(trendsPlan(empty, view, {})).toBeNull()
})
