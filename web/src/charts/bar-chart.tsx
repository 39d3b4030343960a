import { useMemo } from 'react'

import { useFormat } from '@/lib/format-context'
import { countOf, type Format, type Unit } from '@/lib/number-format'

import { CanvasChart } from './canvas-chart'
import {
  baseOption,
  categoryAxis,
  hatch,
  insideZoom,
  labelStyle,
  tooltipBase,
  valueAxis,
  type ChartOption,
} from './option'
import { useTokens, type Tokens } from './tokens'
import { tooltipElement } from './tooltip'

export interface Bar {
  label: string
  value: number | null
  n?: number // How many cases it rests on; under 30 the bar is hatched.
  partial?: boolean // The bucket is not whole: drawn as an outline.
  mark?: string // Printed at the end of the bar.
  note?: string // Stands at the foot of the tooltip instead of n.
}

export interface BarChartProps {
  title: string // The takeaway sentence.
  bars: readonly Bar[]
  unit: Unit
  name: string // What the bars measure.
  noun?: string // What n counts: orders, customers.
  horizontal?: boolean
  height?: number
  onSelect?: (index: number) => void
}

const FEW = 30

export function BarChart(props: BarChartProps) {
  const tokens = useTokens()
  const format = useFormat()
  const option = useMemo(() => barOption(props, tokens, format), [props, tokens, format])
  const height = props.height ?? (props.horizontal ? 28 * props.bars.length + 28 : 206)
  return (
    <CanvasChart
      title={props.title}
      option={option}
      height={height}
      points={props.bars.length}
      onSelect={props.onSelect}
      select={props.horizontal ? 'y' : 'x'}
    />
  )
}

export function barOption(props: BarChartProps, tokens: Tokens, format: Format): ChartOption {
  const { bars, unit, horizontal = false } = props
  const values = bars.flatMap((bar) => (bar.value === null ? [] : [bar.value]))
  const value = valueAxis(tokens, format, values, unit)
  const category = {
    ...categoryAxis(tokens),
    data: bars.map((bar) => bar.label),
    axisLabel: {
      ...categoryAxis(tokens).axisLabel,
      // A handful of names are all wanted; what would overlap is left out all the same.
      ...(bars.length <= 12 ? { interval: 0 } : {}),
    },
    ...(horizontal ? { inverse: true } : {}),
  }
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
    dataZoom: horizontal ? [] : [insideZoom],
    tooltip: {
      ...tooltipBase(tokens),
      trigger: 'axis',
      axisPointer: { type: 'shadow', shadowStyle: { color: tokens.surface2, opacity: 0.6 } },
      formatter: (items: unknown) => {
        const first: unknown = Array.isArray(items) ? items[0] : items
        const at =
          typeof first === 'object' && first !== null && 'dataIndex' in first
            ? Number(first.dataIndex)
            : 0
        const bar = bars[at]
        return tooltipElement(
          bar?.label ?? '',
          [{ name: props.name, value: format.exact(bar?.value, unit), color: tokens.primary }],
          footOf(bar, props.noun),
        )
      },
    },
    series: [
      {
        type: 'bar',
        name: props.name,
        barMaxWidth: 36,
        barCategoryGap: '32%',
        cursor: props.onSelect ? 'pointer' : 'default',
        data: bars.map((bar) => ({
          value: bar.value ?? '-',
          itemStyle: {
            color: tokens.primary,
            borderRadius: horizontal ? [0, 4, 4, 0] : [4, 4, 0, 0],
            ...(bar.n !== undefined && bar.n < FEW ? { decal: hatch(tokens) } : {}),
            ...(bar.partial === true ? outline(tokens) : {}),
          },
          ...(bar.mark === undefined
            ? {}
            : {
                label: {
                  ...labelStyle(tokens),
                  show: true,
                  color: tokens.text2,
                  position: horizontal ? ('right' as const) : ('top' as const),
                  formatter: bar.mark,
                },
              }),
        })),
      },
    ],
  }
}

/** What is not whole yet is as hollow as the dashed end of a line. */
const outline = (tokens: Tokens) => ({
  color: tokens.primarySoft,
  borderColor: tokens.primary,
  borderWidth: 1.5,
  borderType: 'dashed' as const,
})

function footOf(bar: Bar | undefined, noun = 'row'): string | undefined {
  if (bar?.note !== undefined) return bar.note === '' ? undefined : bar.note
  if (bar?.n === undefined) return undefined
  return `n = ${countOf(bar.n, noun)}${bar.n < FEW ? ', few' : ''}`
}
