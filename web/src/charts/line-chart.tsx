import type { LineSeriesOption } from 'echarts/charts'
import { useMemo } from 'react'

import { formatBucket, formatDayMonth, monthName, type Grain } from '@/lib/dates'
import { useFormat } from '@/lib/format-context'
import { countOf, type Format, type Good, type Unit } from '@/lib/number-format'

import { CanvasChart } from './canvas-chart'
import {
  baseOption,
  categoryAxis,
  insideZoom,
  labelStyle,
  tooltipBase,
  valueAxis,
  type ChartOption,
} from './option'
import { useTokens, type Tokens } from './tokens'
import { tooltipElement, type TooltipRow } from './tooltip'

export interface Line {
  name: string
  values: readonly (number | null)[] // One per bucket; null is a gap.
}

export interface Band {
  name: string
  low: readonly (number | null)[] // One per bucket, as high; null where nobody knows.
  high: readonly (number | null)[]
}

export interface LineChartProps {
  title: string // The takeaway sentence.
  grain: Grain
  starts: readonly string[] // First day of each bucket.
  lines: readonly Line[]
  unit: Unit
  good?: Good
  comparison?: { name: string; values: readonly (number | null)[] } | null
  incomplete?: { days: number; of: number } | null // How much of the last bucket is in.
  counts?: { values: readonly (number | null)[]; noun: string } // n of each bucket.
  band?: Band | null // What is usual, drawn behind the lines.
  marks?: readonly number[] // Buckets of the first line that stand out.
  fromZero?: boolean
  height?: number
  onSelect?: (index: number) => void
}

export function LineChart(props: LineChartProps) {
  const tokens = useTokens()
  const format = useFormat()
  const option = useMemo(() => lineOption(props, tokens, format), [props, tokens, format])
  return (
    <CanvasChart
      title={props.title}
      option={option}
      height={props.height ?? 206}
      points={props.starts.length}
      onSelect={props.onSelect}
      select="x"
    />
  )
}

const DASHES: LineSeriesOption['lineStyle'][] = [
  { type: 'solid' },
  { type: [6, 3] },
  { type: [2, 3] },
]

export function lineOption(props: LineChartProps, tokens: Tokens, format: Format): ChartOption {
  const { starts, lines, unit, grain, comparison } = props
  const fromZero = props.fromZero ?? true
  const partial = props.incomplete ?? null
  const all = [
    ...lines.map((line) => line.values),
    ...(comparison ? [comparison.values] : []),
    ...(props.band ? [props.band.low, props.band.high] : []),
  ].flatMap((values) => values.filter((value): value is number => value !== null))
  const last = starts.length - 1
  const complete = partial ? last : last + 1 // How many buckets are whole.
  const solid = lines.map((line, index): LineSeriesOption => {
    const color = tokens.series[index] ?? tokens.neutral
    return {
      type: 'line',
      name: line.name,
      data: line.values.slice(0, complete).map(point),
      color,
      lineStyle: {
        width: 2,
        join: 'round',
        cap: 'round',
        color,
        ...DASHES[lines.length > 1 ? index % 3 : 0],
      },
      showSymbol: starts.length < 12,
      symbol: 'circle',
      symbolSize: 7,
      cursor: props.onSelect ? 'pointer' : 'default',
      z: 3,
      ...(lines.length === 1 && fromZero ? { areaStyle: { color, opacity: 0.07 } } : {}),
    }
  })
  const dashed =
    partial && last > 0 ? lines.map((line, index) => tail(line, index, tokens, props)) : []
  const before: LineSeriesOption[] = comparison
    ? [
        {
          type: 'line',
          name: comparison.name,
          data: comparison.values.map(point),
          color: tokens.neutral,
          lineStyle: { width: 1.5, type: [3, 4], cap: 'round', color: tokens.neutral },
          showSymbol: false,
          symbol: 'circle',
          symbolSize: 6,
          silent: true,
          z: 2,
        },
      ]
    : []
  return {
    ...baseOption(tokens),
    grid: {
      left: 4,
      right: 12,
      top: 12,
      bottom: 0,
      outerBoundsMode: 'same',
      outerBoundsContain: 'axisLabel',
    },
    xAxis: {
      ...categoryAxis(tokens, fromZero),
      boundaryGap: false,
      data: [...starts],
      axisLabel: {
        ...categoryAxis(tokens).axisLabel,
        interval: (index: number) => isLabelled(starts, index, grain),
        formatter: (start: string) => axisLabel(starts, start, grain),
      },
      axisPointer: { lineStyle: { color: tokens.axis, type: 'solid', width: 1 } },
    },
    yAxis: valueAxis(tokens, format, all, unit, fromZero),
    dataZoom: [insideZoom],
    tooltip: {
      ...tooltipBase(tokens),
      trigger: 'axis',
      formatter: (items: unknown) => lineTooltip(indexOf(items), props, tokens, format),
    },
    series: [
      ...bandSeries(props, tokens),
      ...solid,
      ...dashed,
      ...before,
      ...marked(props, tokens),
    ],
  }
}

// ECharts knows a gap by this sign.
const point = (value: number | null) => value ?? '-'

/** Two lines nobody sees, the upper one standing on the lower, and a tint between them. */
function bandSeries({ band }: LineChartProps, tokens: Tokens): LineSeriesOption[] {
  if (!band) return []
  const edge: LineSeriesOption = {
    type: 'line',
    stack: 'band',
    lineStyle: { opacity: 0 },
    symbol: 'none',
    silent: true,
    color: tokens.neutral,
    z: 1,
  }
  const heights = band.high.map((high, at) => {
    const low = band.low[at] ?? null
    return high === null || low === null ? null : high - low
  })
  return [
    { ...edge, name: `${band.name}, from`, data: band.low.map(point) },
    {
      ...edge,
      name: band.name,
      data: heights.map(point),
      areaStyle: { color: tokens.neutral, opacity: 0.16 },
    },
  ]
}

/** Points that stand out, as dots in the colour of what is wrong. */
function marked({ marks, lines }: LineChartProps, tokens: Tokens): LineSeriesOption[] {
  if (!marks || marks.length === 0) return []
  return [
    {
      type: 'line',
      name: 'Out of the ordinary',
      data: (lines[0]?.values ?? []).map((value, at) => (marks.includes(at) ? point(value) : '-')),
      lineStyle: { opacity: 0 },
      symbol: 'circle',
      symbolSize: 9,
      showSymbol: true,
      itemStyle: { color: tokens.bad, borderColor: tokens.surface, borderWidth: 1.5 },
      silent: true,
      z: 4,
    },
  ]
}

/** The last, unfinished bucket: dashed from the last whole one, with a hollow dot that says why. */
function tail(line: Line, index: number, tokens: Tokens, props: LineChartProps): LineSeriesOption {
  const last = props.starts.length - 1
  const color = tokens.series[index] ?? tokens.neutral
  const words = props.incomplete ? `${props.incomplete.days} of ${props.incomplete.of} days` : ''
  return {
    type: 'line',
    name: line.name,
    data: line.values.map((value, at) => {
      if (at < last - 1) return '-'
      if (at < last) return { value: point(value), symbol: 'none' }
      return {
        value: point(value),
        symbol: 'circle',
        symbolSize: 7,
        itemStyle: { color: tokens.surface, borderColor: color, borderWidth: 2 },
        label: {
          ...labelStyle(tokens),
          show: index === 0 && words !== '',
          position: 'left',
          distance: 8,
          offset: [0, 12],
          formatter: words,
          backgroundColor: tokens.surface,
          padding: [1, 3],
          borderRadius: 3,
        },
      }
    }),
    color,
    lineStyle: { width: 2, type: [4, 4], color },
    showSymbol: true,
    z: 3,
  }
}

function indexOf(items: unknown): number {
  const first: unknown = Array.isArray(items) ? items[0] : items
  return typeof first === 'object' && first !== null && 'dataIndex' in first
    ? Number(first.dataIndex)
    : 0
}

export function lineTooltip(index: number, props: LineChartProps, tokens: Tokens, format: Format) {
  const { lines, comparison, counts, starts, grain, unit } = props
  const start = starts[index] ?? ''
  const n = counts?.values[index]
  const head = [
    formatBucket(grain, start),
    ...(counts && n !== null && n !== undefined ? [`n = ${countOf(n, counts.noun)}`] : []),
  ].join(' · ')
  const rows: TooltipRow[] = lines.map((line, at) => ({
    name: line.name,
    value: format.exact(line.values[index], unit, unit === 'currency' ? 0 : undefined),
    color: tokens.series[at] ?? tokens.neutral,
  }))
  const [low, high] = [props.band?.low[index] ?? null, props.band?.high[index] ?? null]
  if (props.band && low !== null && high !== null)
    rows.push({
      name: props.band.name,
      value: `${format.exact(low, unit)} – ${format.exact(high, unit)}`,
      color: tokens.neutral,
    })
  const before = comparison?.values[index]
  if (comparison && before !== undefined) {
    rows.push({
      name: comparison.name,
      value: format.exact(before, unit, unit === 'currency' ? 0 : undefined),
      color: tokens.neutral,
    })
    const delta = format.delta(lines[0]?.values[index] ?? null, before, unit, props.good ?? 'none')
    if (delta)
      rows.push({ name: 'Change', value: delta.relative ?? delta.absolute, tone: delta.tone })
  }
  const partial = props.incomplete && index === starts.length - 1 ? props.incomplete : null
  return tooltipElement(
    head,
    rows,
    partial ? `Incomplete: ${partial.days} of ${partial.of} days` : undefined,
  )
}

/** A label stands at the first bucket of a month, of every few months, or of a year. */
export function isLabelled(starts: readonly string[], index: number, grain: Grain): boolean {
  const start = starts[index] ?? ''
  const days = starts.length
  if (grain === 'day' && days <= 45) return index % Math.max(1, Math.round(days / 8)) === 0
  const previous = starts[index - 1]
  if (grain === 'year') return true
  if (previous === undefined)
    return grain === 'month' || grain === 'quarter' || start.slice(8) <= '07'
  if (previous.slice(0, 7) === start.slice(0, 7)) return false
  const first = starts[0] ?? ''
  const months = monthNumber(starts.at(-1) ?? '') - monthNumber(first) + 1
  const every = Math.max(1, Math.ceil(months / 12))
  return (monthNumber(start) - monthNumber(first)) % every === 0
}

const monthNumber = (day: string) => 12 * Number(day.slice(0, 4)) + Number(day.slice(5, 7))

export function axisLabel(starts: readonly string[], start: string, grain: Grain): string {
  if (grain === 'year') return start.slice(0, 4)
  if (grain === 'day' && starts.length <= 45) return formatDayMonth(start)
  // The year stands in the place of January, where a reader looks for it.
  const years = new Set(starts.map((day) => day.slice(0, 4))).size
  return years > 1 && start.slice(5, 7) === '01' ? start.slice(0, 4) : monthName(start)
}
