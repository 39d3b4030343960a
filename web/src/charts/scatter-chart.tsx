import { useMemo } from 'react'

import { useFormat } from '@/lib/format-context'
import { formatCount, type Format, type Unit } from '@/lib/number-format'
import { niceTicks } from '@/lib/ticks'

import { CanvasChart } from './canvas-chart'
import {
  baseOption,
  insideZoom,
  labelStyle,
  tooltipBase,
  valueAxis,
  type ChartOption,
} from './option'
import { useTokens, type Tokens } from './tokens'
import { tooltipElement } from './tooltip'

export interface ScatterPoint {
  x: number
  y: number
  label: string
}

export interface ScatterChartProps {
  title: string // The takeaway sentence.
  points: readonly ScatterPoint[] // Above 2,000 they are binned into cells.
  x: { label: string; unit: Unit }
  y: { label: string; unit: Unit }
  height?: number
  onSelect?: (index: number) => void // Not called for cells.
}

const MOST_POINTS = 2000
const CELLS = 40

export function ScatterChart(props: ScatterChartProps) {
  const tokens = useTokens()
  const format = useFormat()
  const option = useMemo(() => scatterOption(props, tokens, format), [props, tokens, format])
  const binned = props.points.length > MOST_POINTS
  return (
    <CanvasChart
      title={props.title}
      option={option}
      height={props.height ?? 260}
      points={binned ? 0 : props.points.length}
      onSelect={binned ? undefined : props.onSelect}
    />
  )
}

export interface Cell {
  x: number
  y: number
  n: number
}

/** Counts points into a grid of cells and gives the middle of each cell that has any. */
export function binPoints(points: readonly { x: number; y: number }[], cells = CELLS): Cell[] {
  const xs = points.map((point) => point.x)
  const ys = points.map((point) => point.y)
  const low = { x: Math.min(...xs), y: Math.min(...ys) }
  const width = {
    x: (Math.max(...xs) - low.x) / cells || 1,
    y: (Math.max(...ys) - low.y) / cells || 1,
  }
  const counts = new Map<number, number>()
  for (const { x, y } of points) {
    const column = Math.min(cells - 1, Math.floor((x - low.x) / width.x))
    const row = Math.min(cells - 1, Math.floor((y - low.y) / width.y))
    counts.set(row * cells + column, (counts.get(row * cells + column) ?? 0) + 1)
  }
  return [...counts].map(([at, n]) => ({
    x: low.x + ((at % cells) + 0.5) * width.x,
    y: low.y + (Math.floor(at / cells) + 0.5) * width.y,
    n,
  }))
}

export function scatterOption(
  props: ScatterChartProps,
  tokens: Tokens,
  format: Format,
): ChartOption {
  const { points } = props
  const cells = points.length > MOST_POINTS ? binPoints(points) : null
  const most = Math.max(1, ...(cells ?? []).map((cell) => cell.n))
  const xTicks = niceTicks(
    points.map((point) => point.x),
    false,
  )
  const xAxis = valueAxis(tokens, format, xTicks, props.x.unit, false)
  return {
    ...baseOption(tokens),
    grid: {
      left: 4,
      right: 16,
      top: 26,
      bottom: 20,
      outerBoundsMode: 'same',
      outerBoundsContain: 'axisLabel',
    },
    xAxis: {
      ...xAxis,
      name: props.x.label,
      nameLocation: 'middle',
      nameGap: 28,
      nameTextStyle: labelStyle(tokens),
      splitLine: { show: false },
      axisLine: { show: true, lineStyle: { color: tokens.axis } },
    },
    yAxis: {
      ...valueAxis(
        tokens,
        format,
        points.map((point) => point.y),
        props.y.unit,
        false,
      ),
      name: props.y.label,
      nameTextStyle: { ...labelStyle(tokens), align: 'left' },
    },
    dataZoom: [insideZoom, { ...insideZoom, yAxisIndex: 0 }],
    tooltip: {
      ...tooltipBase(tokens),
      trigger: 'item',
      formatter: (item) => {
        const at = Array.isArray(item) ? 0 : item.dataIndex
        const cell = cells?.[at]
        const point = cell ?? points[at]
        const head = cell ? `About ${formatCount(cell.n)} here` : (points[at]?.label ?? '')
        return tooltipElement(head, [
          { name: props.x.label, value: format.short(point?.x, props.x.unit) },
          { name: props.y.label, value: format.short(point?.y, props.y.unit) },
        ])
      },
    },
    series: [
      {
        type: 'scatter',
        symbolSize: cells ? 7 : 5,
        symbol: cells ? 'rect' : 'circle',
        itemStyle: { color: tokens.primary, opacity: 0.6 },
        cursor: props.onSelect && !cells ? 'pointer' : 'default',
        data: cells
          ? cells.map((cell) => ({
              value: [cell.x, cell.y],
              itemStyle: {
                opacity: 1,
                color:
                  tokens.sequential[
                    1 + Math.floor((5.99 * Math.log1p(cell.n)) / Math.log1p(most))
                  ] ?? tokens.primary,
              },
            }))
          : points.map((point) => [point.x, point.y]),
      },
    ],
  }
}
