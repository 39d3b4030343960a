import { expect, test } from 'vitest'

import type { Workspace } from '@/api/client'

import { numberQuery, readRows, rowsRequest, writeRows } from './rows'
import { columnOrder } from './rows-panel'

const workspace = {
  model: {
    metrics: [{ name: 'revenue', label: 'Revenue' }],
    dimensions: [
      { name: 'channel', label: 'Channel', kind: 'text' },
      { name: 'week', label: 'Week', kind: 'time', grain: 'week' },
      { name: 'churned', label: 'Churned', kind: 'boolean' },
      { name: 'rating', label: 'Rating', kind: 'number' },
    ],
  },
} as unknown as Workspace

const view = { query: { from: '2026-05-25', to: '2026-11-21', where: [] } }

test('a number and its group go into the address and come back', () => {
  const written = writeRows('revenue', [
    ['channel', 'Mobile; app'],
    ['week', '2026-06-01'],
    ['churned', true],
    ['rating', 4],
  ])
  expect(written.at).toBe('channel:Mobile%3B app;week:2026-06-01;churned:true;rating:4')
  const wanted = readRows(written, workspace)
  expect(wanted && rowsRequest(wanted, view, workspace)).toEqual({
    query: { ...view.query, metrics: ['revenue'], by: ['channel', 'week', 'churned', 'rating'] },
    at: { channel: 'Mobile; app', week: '2026-06-01', churned: true, rating: 4 },
  })
})

test('what is not known has rows too', () => {
  const wanted = readRows(writeRows('revenue', [['channel', null]]), workspace)
  expect(wanted && rowsRequest(wanted, view, workspace).at).toEqual({ channel: null })
})

test('an address that names no metric opens nothing, one that names no dimension leaves it out', () => {
  expect(readRows({ rows: 'profit' }, workspace)).toBeNull()
  expect(readRows({}, workspace)).toBeNull()
  const at = 'colour:red;channel!:Online;channel:Online,Store;week:2026-06-01'
  expect(readRows({ rows: 'revenue', at }, workspace)?.at).toEqual([
    { field: 'week', exclude: false, values: ['2026-06-01'] },
  ])
})

test('the number above the rows is that of the same group', () => {
  const wanted = readRows(writeRows('revenue', [['churned', false]]), workspace)
  expect(wanted && numberQuery(wanted, view, workspace)).toEqual({
    ...view.query,
    metrics: ['revenue'],
    by: [],
    where: [{ field: 'churned', op: 'in', values: [false] }],
  })
})

test('keys of other tables come last', () => {
  const names = ['transaction_id', 'order_id', 'amount', 'customer_id', 'channel']
  expect(columnOrder(names).map((at) => names[at])).toEqual([
    'transaction_id',
    'amount',
    'channel',
    'order_id',
    'customer_id',
  ])
})
