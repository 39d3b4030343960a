import { expect, test } from 'vitest'

import {
  figureWords,
  formatBytes,
  MOST_BYTES,
  nextName,
  refusalOf,
  standingOf,
  type RunRow,
} from './uploads'

const run = (over: Partial<RunRow>): RunRow => ({
  run_id: 1,
  kind: 'load',
  source: 'orders',
  table: 'transactions',
  file: 'inbox/orders.csv',
  started_at: '2026-11-20T06:00:00Z',
  finished_at: null,
  status: 'held',
  found: 99_630,
  loaded: 312,
  updated: 4101,
  unchanged: 95_200,
  duplicates: 0,
  rejected: 17,
  skipped: 0,
  message: '',
  ...over,
})

test('a preview says what will be new, changed and left as it is', () => {
  expect(figureWords(run({}))).toBe('312 new, 4,101 changed, 95,200 unchanged, 17 rejected')
  expect(figureWords(run({ rejected: 0, duplicates: 2 }))).toBe(
    '312 new, 4,101 changed, 95,200 unchanged, 2 duplicates',
  )
})

test('the newest run of a file says where it stands', () => {
  const file = 'inbox/orders.csv'
  expect(standingOf(file, []).phase).toBe('mapping')
  expect(standingOf(file, [run({ file: 'inbox/other.csv' })]).phase).toBe('mapping')
  expect(standingOf(file, [run({})])).toMatchObject({ phase: 'preview', runId: 1 })
  const published = [run({ status: 'discarded' }), run({ run_id: 3, status: 'complete' })]
  expect(standingOf(file, published)).toMatchObject({ phase: 'published', runId: 3 })
  expect(standingOf(file, [...published, run({ run_id: 4, status: 'discarded' })]).phase).toBe(
    'mapping',
  )
  expect(standingOf(file, [run({ status: 'undone' })]).phase).toBe('undone')
  // A load that failed leaves the file where it was.
  expect(standingOf(file, [run({}), run({ run_id: 2, status: 'failed' })]).phase).toBe('preview')
})

test('a run of two tables has both', () => {
  const { tables } = standingOf('inbox/orders.csv', [run({}), run({ table: 'customers' })])
  expect(tables.map(({ table }) => table)).toEqual(['transactions', 'customers'])
})

test('what is too large or empty is not sent', () => {
  expect(refusalOf({ name: 'a.csv', size: 12 })).toBeNull()
  expect(refusalOf({ name: 'a.csv', size: 0 })).toMatch(/empty/)
  expect(refusalOf({ name: 'a.csv', size: MOST_BYTES + 1 })).toMatch(/1\.1.GB/)
})

test('a name that is taken gets a number', () => {
  expect(nextName('orders.csv')).toBe('orders-2.csv')
  expect(nextName('orders-2.csv')).toBe('orders-3.csv')
  expect(nextName('orders.csv.gz')).toBe('orders-2.csv.gz')
  expect(nextName('orders')).toBe('orders-2')
})

test('sizes are told in the unit that fits', () => {
  expect(formatBytes(12)).toBe('12\u00a0bytes')
  expect(formatBytes(1_234_567)).toBe('1.2\u00a0MB')
  expect(formatBytes(512_000)).toBe('512\u00a0kB')
})
