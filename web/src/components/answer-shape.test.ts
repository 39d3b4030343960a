import { describe, expect, test } from 'vitest'

import type { Answer, Column, Value, Workspace } from '@/api/client'

import { chartsFor, gridOf, linesOf, partsOf, shapeOf } from './answer-shape'

const workspace = {
  model: {
    currency: 'EUR',
    metrics: [
      { name: 'revenue', label: 'Revenue', unit: 'currency', good: 'up', additive: true },
      { name: 'customers', label: 'Customers', unit: 'count', good: 'up', additive: false },
    ],
    dimensions: [
      { name: 'month', label: 'Month', kind: 'time', grain: 'month' },
      { name: 'segment', label: 'Segment', kind: 'text' },
      { name: 'channel', label: 'Channel', kind: 'text' },
    ],
  },
} as unknown as Workspace

const column = (name: string, role: Column['role']): Column => ({
  name,
  label: name,
  type: role === 'metric' ? 'decimal' : 'text',
  role,
})
const answer = (by: string[], metrics: string[], rows: Value[][]): Answer => ({
  columns: [
    ...by.map((name) => column(name, 'dimension')),
    ...metrics.map((name) => column(name, 'metric')),
  ],
  rows,
  num_rows: rows.length,
  rows_read: 0,
  rows_matched: 0,
  elapsed_ms: 0,
})
const kinds = (one: Answer) => chartsFor(shapeOf(one, workspace), one)

describe('the suggested chart follows the shape', () => {
  test.each<[string, Answer, string[]]>([
    ['one number', answer([], ['revenue'], [[5]]), ['number', 'table']],
    ['a time', answer(['month'], ['revenue'], [['2026-01-01', 5]]), ['line', 'bar', 'table']],
    [
      'parts of a whole',
      answer(
        ['segment'],
        ['revenue'],
        [
          ['a', 5],
          ['b', 3],
        ],
      ),
      ['bar', 'pie', 'table'],
    ],
    [
      'groups that share members',
      answer(
        ['segment'],
        ['customers'],
        [
          ['a', 5],
          ['b', 3],
        ],
      ),
      ['bar', 'table'],
    ],
    [
      'a return among the parts',
      answer(
        ['segment'],
        ['revenue'],
        [
          ['a', 5],
          ['b', -3],
        ],
      ),
      ['bar', 'table'],
    ],
    [
      'two dimensions',
      answer(['segment', 'channel'], ['revenue'], [['a', 'x', 1]]),
      ['heatmap', 'table'],
    ],
    [
      'a dimension along time',
      answer(['segment', 'month'], ['revenue'], [['a', '2026-01-01', 1]]),
      ['line', 'heatmap', 'table'],
    ],
    ['nothing found', answer(['segment'], ['revenue'], []), ['table']],
  ])('%s', (_, one, expected) => {
    expect(kinds(one)).toEqual(expected)
  })
})

const month = { column: column('month', 'dimension'), grain: 'month' as const }

test('a month nobody bought in is zero for sums and a gap for the rest', () => {
  const one = answer(
    ['month'],
    ['revenue'],
    [
      ['2026-01-01', 5],
      ['2026-03-01', 7],
    ],
  )
  const metric = column('revenue', 'metric')
  const values = (additive: boolean) =>
    linesOf(one, month, metric, null, { additive, most: 8 }).lines[0]?.values
  expect(values(true)).toEqual([5, 0, 7])
  expect(values(false)).toEqual([5, null, 7])
})

test('lines are cut at the largest, and it is known how many there were', () => {
  const rows: Value[][] = ['a', 'b', 'c'].map((name, index) => ['2026-01-01', name, index])
  const one = answer(['month', 'segment'], ['revenue'], rows)
  const { lines, total } = linesOf(
    one,
    month,
    column('revenue', 'metric'),
    column('segment', 'dimension'),
    { additive: true, most: 2 },
  )
  expect(lines.map((line) => line.name)).toEqual(['c', 'b'])
  expect(total).toBe(3)
})

test('a grid has a cell for every pair, empty where there is nothing', () => {
  const one = answer(
    ['segment', 'channel'],
    ['revenue'],
    [
      ['a', 'x', 1],
      ['b', 'y', 2],
    ],
  )
  const { cells } = gridOf(
    one,
    column('segment', 'dimension'),
    column('channel', 'dimension'),
    column('revenue', 'metric'),
    String,
  )
  expect(cells.map((cell) => cell.value)).toEqual([1, null, null, 2])
})

test('parts fold what is left into one, and keep the sum', () => {
  const rows: Value[][] = Array.from({ length: 9 }, (_, index) => [`p${index}`, index + 1])
  const one = answer(['segment'], ['revenue'], rows)
  const parts = partsOf(one, column('segment', 'dimension'), column('revenue', 'metric'))
  expect(parts).toHaveLength(6)
  expect(parts.at(-1)?.label).toBe('Other (4)')
  expect(parts.reduce((sum, part) => sum + part.value, 0)).toBe(45)
})

test('lines of a second metric keep the order of the first, and so their colours', () => {
  const rows: Value[][] = [
    ['2026-01-01', 'a', 9, 1],
    ['2026-01-01', 'b', 2, 8],
  ]
  const one = answer(['month', 'segment'], ['revenue', 'customers'], rows)
  const { lines } = linesOf(
    one,
    month,
    column('customers', 'metric'),
    column('segment', 'dimension'),
    { additive: false, most: 8, rank: column('revenue', 'metric') },
  )
  expect(lines.map((line) => line.name)).toEqual(['a', 'b'])
})
