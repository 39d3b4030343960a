import { useMemo } from 'react'

import { useFormat } from '@/lib/format-context'
import { formatCount, type Format, type Unit } from '@/lib/number-format'

import { CanvasChart } from './canvas-chart'
import {
  baseOption,
  categoryAxis,
  insideZoom,
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
  const every = Math.max(1, Math.ceil(counts.length / 6))
  const shown = edges.slice(0, counts.length).filter((_, index) => index % every === 0)
  const labels = format.axis(shown, unit)
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
      ...categoryAxis(tokens),
      data: counts.map((_, index) => String(index)),
      axisLabel: {
        ...categoryAxis(tokens).axisLabel,
        interval: (index: number) => index % every === 0,
        formatter: (_: string, index: number) => labels[Math.floor(index / every)] ?? '',
      },
    },
    yAxis: valueAxis(tokens, format, counts, 'count'),
    dataZoom: [insideZoom],
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
    ],
  }
}
