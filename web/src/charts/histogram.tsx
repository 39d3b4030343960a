import { useMemo } from 'react'

import { useFormat } from '@/lib/format-context'
import { formatCount, type Format, type Unit } from '@/lib/number-format'
import { niceTicks } from '@/lib/ticks'

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
import { tooltipElement } from './tooltip'

export interface HistogramProps {
  title: string // The takeaway sentence.
  edges: readonly number[] // One more than counts.
  counts: readonly number[]
  unit: Unit
  noun: string // What is counted: customer, order.
  height?: number
  onSelect?: (index: number) => void
}

export function Histogram(props: HistogramProps) {
  const tokens = useTokens()
  const format = useFormat()
  const option = useMemo(() => histogramOption(props, tokens, format), [props, tokens, format])
  return (
    <CanvasChart
      title={props.title}
      option={option}
      height={props.height ?? 180}
      points={props.counts.length}
      onSelect={props.onSelect}
      select="x"
    />
  )
}

export function histogramOption(
  props: HistogramProps,
  tokens: Tokens,
  format: Format,
): ChartOption {
  const { edges, counts, unit } = props
  const [low, high] = [edges[0] ?? 0, edges.at(-1) ?? 1]
  const ticks = niceTicks(edges, false, 6).filter((tick) => tick >= low && tick <= high)
  const labels = format.axis(ticks, unit)
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
    // Bars stand on bins; under them runs an axis of numbers, so that a label is where it belongs.
    xAxis: [
      {
        ...categoryAxis(tokens),
        data: counts.map((_, index) => String(index)),
        axisLabel: { show: false },
      },
      {
        type: 'value',
        position: 'bottom',
        min: low,
        max: high,
        axisLine: { show: false },
        axisTick: { show: false },
        splitLine: { show: false },
        axisPointer: { show: false },
        axisLabel: {
          ...labelStyle(tokens),
          margin: 10,
          customValues: ticks, // Round ones; the ends of the axis seldom are.
          formatter: (value: number) => labels[ticks.indexOf(value)] ?? '',
        },
      },
    ],
    yAxis: valueAxis(tokens, format, counts, 'count'),
    dataZoom: [{ ...insideZoom, xAxisIndex: [0, 1], filterMode: 'none' }],
    tooltip: {
      ...tooltipBase(tokens),
      trigger: 'item',
      formatter: (item) => {
        const at = Array.isArray(item) ? 0 : item.dataIndex
        const head = `${format.short(edges[at], unit)} to ${format.short(edges[at + 1], unit)}`
        return tooltipElement(head, [
          { name: `${props.noun}s`, value: formatCount(counts[at] ?? 0) },
        ])
      },
    },
    series: [
      {
        type: 'bar',
        barCategoryGap: 2,
        itemStyle: { color: tokens.primary, borderRadius: [2, 2, 0, 0] },
        cursor: props.onSelect ? 'pointer' : 'default',
        data: [...counts],
      },
      // An axis is drawn only for a series of its own.
      {
        type: 'scatter',
        xAxisIndex: 1,
        symbolSize: 0,
        silent: true,
        data: [
          [low, 0],
          [high, 0],
        ],
      },
    ],
  }
}
