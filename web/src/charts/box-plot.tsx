import { useMemo } from 'react'

import { useFormat } from '@/lib/format-context'
import { countOf, type Format, type Unit } from '@/lib/number-format'

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

export interface BoxOf {
  label: string
  n: number
  lowWhisker: number
  q1: number
  median: number
  q3: number
  highWhisker: number
  outliers: readonly number[]
}

export interface BoxPlotProps {
  title: string // The takeaway sentence.
  boxes: readonly BoxOf[] // All in one unit.
  unit: Unit
  horizontal?: boolean
  height?: number
  onSelect?: (index: number) => void
}

export function BoxPlot(props: BoxPlotProps) {
  const tokens = useTokens()
  const format = useFormat()
  const option = useMemo(() => boxOption(props, tokens, format), [props, tokens, format])
  return (
    <CanvasChart
      title={props.title}
      option={option}
      height={props.height ?? (props.horizontal ? 64 * props.boxes.length + 32 : 220)}
      points={props.boxes.length}
      onSelect={props.onSelect}
    />
  )
}

export function boxOption(props: BoxPlotProps, tokens: Tokens, format: Format): ChartOption {
  const { boxes, unit, horizontal = false } = props
  const values = boxes.flatMap((box) => [box.lowWhisker, box.highWhisker, ...box.outliers])
  const value = valueAxis(tokens, format, values, unit, false)
  const category = { ...categoryAxis(tokens, false), data: boxes.map((box) => box.label) }
  return {
    ...baseOption(tokens),
    grid: {
      left: 4,
      right: 16,
      top: 12,
      bottom: 0,
      outerBoundsMode: 'same',
      outerBoundsContain: 'axisLabel',
    },
    xAxis: horizontal ? value : category,
    yAxis: horizontal ? category : value,
    dataZoom: [
      {
        ...insideZoom,
        ...(horizontal ? { xAxisIndex: 0 } : { yAxisIndex: 0 }),
        filterMode: 'none',
      },
    ],
    tooltip: {
      ...tooltipBase(tokens),
      trigger: 'item',
      formatter: (item) => {
        const one = Array.isArray(item) ? item[0] : item
        if (one?.seriesType === 'scatter') {
          const pair: unknown = one.data
          const at = Array.isArray(pair) ? Number(pair[horizontal ? 0 : 1]) : null
          return tooltipElement('Outlier', [{ name: one.name, value: format.exact(at, unit) }])
        }
        const box = boxes[one?.dataIndex ?? 0]
        const rows: [string, number | undefined][] = [
          ['Upper whisker', box?.highWhisker],
          ['Upper quartile', box?.q3],
          ['Median', box?.median],
          ['Lower quartile', box?.q1],
          ['Lower whisker', box?.lowWhisker],
        ]
        return tooltipElement(
          `${box?.label ?? ''} · n = ${countOf(box?.n ?? 0, 'value')}`,
          rows.map(([name, number]) => ({ name, value: format.exact(number, unit) })),
          countOf(box?.outliers.length ?? 0, 'outlier') + ' drawn',
        )
      },
    },
    series: [
      {
        type: 'boxplot',
        boxWidth: [18, 36],
        itemStyle: { color: tokens.primarySoft, borderColor: tokens.primaryInk, borderWidth: 1.5 },
        data: boxes.map((box) => [box.lowWhisker, box.q1, box.median, box.q3, box.highWhisker]),
      },
      {
        type: 'scatter',
        symbolSize: 5,
        itemStyle: { color: 'transparent', borderColor: tokens.primaryInk, borderWidth: 1 },
        data: boxes.flatMap((box, index) =>
          box.outliers.map((outlier) => (horizontal ? [outlier, index] : [index, outlier])),
        ),
      },
    ],
  }
}
