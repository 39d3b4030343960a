// What is drawn, without drawing it: the options of every chart.

import { describe, expect, test } from 'vitest'

import { buckets } from '@/lib/dates'
import { createFormat } from '@/lib/number-format'

import { barOption } from './bar-chart'
import { boxOption } from './box-plot'
import { heatmapOption } from './heatmap'
import { histogramOption } from './histogram'
import { isLabelled, lineOption, lineTooltip, type LineChartProps } from './line-chart'
import { wilson } from './reliability-chart'
import { ringOption } from './ring-chart'
import { binPoints, scatterOption } from './scatter-chart'
import { path, scales } from './sparkline'
import { readTokens, stepOf } from './tokens'
import { waterfallRows } from './waterfall'

const tokens = readTokens('light')
const format = createFormat('EUR')
const starts = buckets('week', '2026-10-05', '2026-11-09')
const line: LineChartProps = {
  title: 'Revenue rose',
  grain: 'week',
  starts,
  lines: [{ name: 'This period', values: [10, 12, null, 15, 4] }],
  comparison: { name: 'Previous', values: [9, 9, 9, 9, 9] },
  incomplete: { days: 4, of: 7 },
  unit: 'currency',
  good: 'up',
}

test('a band lies behind a line, and what stands out is a dot upon it', () => {
  const option = lineOption(
    {
      title: 'The score fell',
      grain: 'day',
      starts: ['2026-10-05', '2026-10-06', '2026-10-07'],
      lines: [{ name: 'Score', values: [97, 96, 80] }],
      band: { name: 'Usual', low: [null, 95, 95], high: [null, 98, 98] },
      marks: [2],
      unit: 'score',
      fromZero: false,
    },
    tokens,
    format,
  )
  const series = option.series as { name: string; data: unknown[] }[]
  expect(series.map((one) => one.data)).toEqual([
    ['-', 95, 95],
    ['-', 3, 3],
    [97, 96, 80],
    ['-', '-', 80],
  ])
})

describe('a line', () => {
  const option = lineOption(line, tokens, format)
  const series = option.series as { data: unknown[]; lineStyle: { type: unknown } }[]
  test('ends at the last whole bucket and goes on dashed', () => {
    expect(series[0]?.data).toEqual([10, 12, '-', 15])
    expect(series[1]?.lineStyle.type).toEqual([4, 4])
    expect(series[1]?.data.slice(0, 3)).toEqual(['-', '-', '-'])
  })
  test('never turns a missing value into a zero', () => {
    expect(series[0]?.data).not.toContain(0)
  })
  test('tells value, comparison and change beside the pointer', () => {
    const tip = lineTooltip(1, line, tokens, format)
    expect(tip.textContent).toContain('Week of 12 Oct 2026')
    expect(tip.querySelector('.good')?.textContent).toBe('Change+33.3\u00a0%')
  })
  test('says when a bucket is incomplete', () => {
    expect(lineTooltip(4, line, tokens, format).textContent).toContain('4 of 7 days')
  })
  test('writes names as text, never as markup', () => {
    const evil = { ...line, lines: [{ name: '<img src=x>', values: [1, 2, 3, 4, 5] }] }
    expect(lineTooltip(0, evil, tokens, format).querySelector('img')).toBeNull()
  })
  test('labels the first week of each month', () => {
    expect(starts.map((_, index) => isLabelled(starts, index, 'week'))).toEqual([
      true,
      false,
      false,
      false,
      true,
    ])
  })
})

test('bars that rest on few cases are hatched', () => {
  const bars = [
    { label: 'a', value: 3, n: 400 },
    { label: 'b', value: 2, n: 12 },
  ]
  const option = barOption({ title: '', bars, unit: 'count', name: 'Orders' }, tokens, format)
  const [series] = option.series as { data: { itemStyle: object }[] }[]
  expect(series?.data.map((bar) => 'decal' in bar.itemStyle)).toEqual([false, true])
})

test('a ring keeps the order of its slices', () => {
  const slices = [
    { label: 'Online', value: 6 },
    { label: 'Store', value: 4 },
  ]
  const option = ringOption(
    { title: '', slices, unit: 'count', name: 'Orders', total: '10' },
    tokens,
    format,
  )
  const [series] = option.series as { data: { name: string }[]; clockwise: boolean }[]
  expect(series?.clockwise).toBe(true)
  expect(series?.data.map((slice) => slice.name)).toEqual(['Online', 'Store'])
})

test('thousands of points become cells that count them all', () => {
  const points = Array.from({ length: 2500 }, (_, index) => ({
    x: index % 50,
    y: index % 7,
    label: '',
  }))
  expect(binPoints(points).reduce((sum, cell) => sum + cell.n, 0)).toBe(2500)
  const axis = { label: '', unit: 'count' as const }
  const option = scatterOption({ title: '', points, x: axis, y: axis }, tokens, format)
  const [series] = option.series as { symbol: string }[]
  expect(series?.symbol).toBe('rect')
})

test('boxes stand with their outliers', () => {
  const box = {
    label: 'Amount',
    n: 9,
    lowWhisker: 1,
    q1: 2,
    median: 3,
    q3: 4,
    highWhisker: 6,
    outliers: [20],
  }
  const option = boxOption({ title: '', boxes: [box], unit: 'count' }, tokens, format)
  const series = option.series as { data: unknown[] }[]
  expect(series.map((one) => one.data)).toEqual([[[1, 2, 3, 4, 6]], [[0, 20]]])
})

test('a histogram has one bar for each count', () => {
  const option = histogramOption(
    { title: '', edges: [0, 1, 2], counts: [5, 7], unit: 'count', noun: 'order' },
    tokens,
    format,
  )
  const [series] = option.series as { data: unknown[] }[]
  expect(series?.data).toEqual([5, 7])
})

test('a heatmap prints its values and leaves what is missing empty', () => {
  const cells = [
    { row: 0, column: 0, value: 0.58 },
    { row: 0, column: 1, value: null },
  ]
  const option = heatmapOption(
    { title: '', rows: ['May'], columns: ['+1', '+2'], cells, unit: 'percent', name: 'Back' },
    tokens,
    format,
  )
  const [series] = option.series as { data: { label: { show: boolean; formatter: string } }[] }[]
  expect(series?.data.map((cell) => [cell.label.show, cell.label.formatter])).toEqual([
    [true, '58'],
    [false, ''],
  ])
})

test('seven steps cover a scale with both its ends', () => {
  expect([0, 0.5, 1].map((value) => stepOf(value, 0, 1))).toEqual([0, 3, 6])
})

test('a sparkline lifts the pen over a gap', () => {
  const { x, y } = scales([1, null, 3], [], 252, 44)
  expect(path([1, null, 3], x, y)).toBe('M4 40M248 4')
})

test('the steps of a waterfall lead from the base to the result', () => {
  const rows = waterfallRows({
    title: '',
    base: { label: 'Average', value: 0.24 },
    steps: [
      { label: 'Recency', change: 0.3 },
      { label: 'Tenure', change: -0.1 },
    ],
    result: { label: 'This customer', value: 0.44 },
    level: String,
    change: String,
  })
  expect(rows.map((row) => row.kind)).toEqual(['base', 'up', 'down', 'result'])
  expect(rows[2]?.to).toBeCloseTo(0.44)
})

test('the interval of a share is that of Wilson', () => {
  // Newcombe (1998), table I: 81 of 263, 95 % score interval.
  const { low, high } = wilson(81 / 263, 263)
  expect(low).toBeCloseTo(0.2553, 3)
  expect(high).toBeCloseTo(0.3662, 3)
})
