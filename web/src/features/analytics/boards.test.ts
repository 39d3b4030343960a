import { describe, expect, test } from 'vitest'

import type { Answer, Value } from '@/api/client'

import { boardOf, growthOf, shownBoards } from './boards'
import type { TrendsPlan } from './queries'
import type { RankBy } from './search'

const answer = (rows: Value[][], total: number, groups = rows.length): Answer => ({
  columns: [
    { name: 'channel', label: 'Channel', type: 'text', role: 'dimension' },
    { name: 'revenue', label: 'Revenue', type: 'decimal', role: 'metric' },
  ],
  rows,
  totals: [null, total],
  num_rows: groups,
  rows_read: 0,
  rows_matched: 0,
  elapsed_ms: 0,
})

const now = answer(
  [
    ['Online', 60],
    ['Store', 30],
    [null, 10],
  ],
  100,
)
const before = answer(
  [
    ['Online', 50],
    ['Store', 20],
    ['Phone', 5],
    [null, 5],
  ],
  80,
)
const board = (rank: RankBy, more: Partial<Parameters<typeof boardOf>[0]> = {}) =>
  boardOf({
    answer: now,
    before,
    dimension: { name: 'channel' },
    metric: { name: 'revenue', additive: true, unit: 'currency' },
    filter: undefined,
    rank,
    ...more,
  })

describe('a leaderboard', () => {
  test('has shares of the whole, and contributions that add up to the whole change', () => {
    const { rows, change } = board('value')
    expect(rows[0]).toMatchObject({ label: 'Online', share: 0.6, contribution: 0.5 })
    expect(change).toBe(20)
    expect(rows.reduce((sum, row) => sum + (row.contribution ?? 0), 0)).toBeCloseTo(1)
  })
  test('counts what is gone as fallen to nothing', () => {
    const gone = board('value').rows.at(-1)
    expect(gone).toMatchObject({ label: 'Phone', now: 0, before: 5, contribution: -0.25 })
  })
  test('does not call anything gone when the list was cut', () => {
    expect(board('value', { answer: answer([['Online', 60]], 100, 9) }).rows).toHaveLength(1)
  })
  test('names a missing value, and can filter to it', () => {
    expect(board('value').rows[2]).toMatchObject({ label: 'not known', key: null })
  })
  test.each([
    ['value', ['Online', 'Store', 'not known', 'Phone']],
    ['change', ['not known', 'Store', 'Online', 'Phone']],
    ['contribution', ['Online', 'Store', 'not known', 'Phone']],
  ] as const)('ranks by %s', (rank, labels) => {
    expect(board(rank).rows.map((row) => row.label)).toEqual(labels)
  })
  test('fades what is filtered out, whether picked or excluded', () => {
    const faded = (exclude: boolean) =>
      board('value', { filter: { field: 'channel', exclude, values: ['Store', null] } })
        .rows.filter((row) => row.faded)
        .map((row) => row.label)
    expect(faded(false)).toEqual(['Online', 'Phone'])
    expect(faded(true)).toEqual(['Store', 'not known'])
  })
  test('has neither shares nor contributions for what does not add up', () => {
    const metric = { name: 'revenue', additive: false, unit: 'currency' as const }
    const { rows } = board('value', { metric })
    expect(rows).toHaveLength(3)
    expect(rows[0]).toMatchObject({ share: null, contribution: null })
  })
  test('has no change without a period to compare with', () => {
    expect(board('value', { before: null }).rows[0]).toMatchObject({
      before: null,
      contribution: null,
    })
  })
})

test('shares grow in points, and nothing grows from zero', () => {
  const row = { value: '', key: '', label: '', share: null, contribution: null, faded: false }
  expect(growthOf({ ...row, now: 0.3, before: 0.2 }, 'percent')).toBeCloseTo(0.1)
  expect(growthOf({ ...row, now: 3, before: 0 }, 'count')).toBeNull()
})

test('dimensions the metric cannot be cut by are left out; one stays to say why', () => {
  const plan = {
    picked: false,
    boards: [{ name: 'device' }, { name: 'channel' }],
  } as unknown as TrendsPlan
  const failed = { state: 'failed' as const, error: new Error(), retry: () => undefined }
  const shown = { state: 'shown' as const, answer: now, stale: false }
  const names = (answers: Parameters<typeof shownBoards>[1]) =>
    shownBoards(plan, answers, []).map(({ name }) => name)
  expect(names({ 'by:device': failed, 'by:channel': shown })).toEqual(['channel'])
  expect(names({ 'by:device': failed, 'by:channel': failed })).toEqual(['device'])
  expect(names({})).toEqual(['device', 'channel'])
})
