import { expect, test } from 'vitest'

import type { Workspace } from '@/api/client'

import { kindOf, type Section } from './report-section'

const workspace = {
  model: {
    metrics: [
      { name: 'revenue', additive: true },
      { name: 'orders', additive: false },
    ],
    dimensions: [
      { name: 'month', kind: 'time', grain: 'month' },
      { name: 'weekday', kind: 'text' },
      { name: 'segment', kind: 'text' },
    ],
  },
} as unknown as Workspace

const section = (chart: Section['chart'], metric: string, by: string[], rows = 1) =>
  ({
    chart,
    answer: {
      columns: [
        ...by.map((name) => ({ name, role: 'dimension' })),
        { name: metric, role: 'metric' },
      ],
      rows: Array.from({ length: rows }, () => [...by, 1]),
      num_rows: rows,
    },
  }) as unknown as Section

test.each([
  ['line', 'revenue', ['month'], 'line'],
  ['line', 'revenue', ['weekday'], 'bar'], // Nothing to draw a line along.
  ['pie', 'revenue', ['segment'], 'pie'],
  ['pie', 'orders', ['segment'], 'bar'], // Orders of segments do not add up to all orders.
  ['bar', 'revenue', ['segment', 'month'], 'table'],
  ['table', 'revenue', ['segment'], 'table'],
  ['table', 'revenue', [], 'number'],
] as const)('%s of %s by %j is drawn as %s', (chart, metric, by, kind) => {
  expect(kindOf(section(chart, metric, [...by]), workspace)).toBe(kind)
})

test('nothing found is a table, which then says so', () => {
  expect(kindOf(section('line', 'revenue', ['month'], 0), workspace)).toBe('table')
})
