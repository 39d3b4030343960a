import { useMemo } from 'react'

import { useFormat } from '@/lib/format-context'
import { formatShare, type Format, type Unit } from '@/lib/number-format'

import { CanvasChart } from './canvas-chart'
import { baseOption, tooltipBase, type ChartOption } from './option'
import styles from './ring-chart.module.css'
import { seriesVar, useTokens, type Tokens } from './tokens'
import { tooltipElement } from './tooltip'

export interface Slice {
  label: string
  value: number // Not negative; shares are of the sum of all slices.
}

export interface RingChartProps {
  title: string // The takeaway sentence.
  slices: readonly Slice[] // Largest first, at most six; fold the rest into "Other" before.
  unit: Unit
  name: string // What the slices measure.
  total: string // Printed inside.
  note?: string | undefined // Printed under the total.
  legend?: boolean // False when a table beside it names the slices.
  onSelect?: (index: number) => void
}

export function RingChart(props: RingChartProps) {
  const tokens = useTokens()
  const format = useFormat()
  const option = useMemo(() => ringOption(props, tokens, format), [props, tokens, format])
  const sum = total(props.slices)
  const { onSelect } = props
  return (
    <div className={styles.ring}>
      <div className={styles.plot}>
        <CanvasChart
          title={props.title}
          option={option}
          height={132}
          points={props.slices.length}
          onSelect={onSelect}
        />
        <div className={styles.inside} aria-hidden="true">
          <b className="num">{props.total}</b>
          {props.note !== undefined && <span className="num">{props.note}</span>}
        </div>
      </div>
      {props.legend !== false && (
        <ul className={styles.legend}>
          {props.slices.map((slice, index) => (
            <li key={slice.label}>
              <i style={{ background: seriesVar(index) }} />
              {onSelect ? (
                <button
                  type="button"
                  onClick={() => {
                    onSelect(index)
                  }}
                >
                  {slice.label}
                </button>
              ) : (
                <span>{slice.label}</span>
              )}
              <b className="num">{formatShare(sum > 0 ? slice.value / sum : null)}</b>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}

const total = (slices: readonly Slice[]) => slices.reduce((sum, slice) => sum + slice.value, 0)

export function ringOption(props: RingChartProps, tokens: Tokens, format: Format): ChartOption {
  const sum = total(props.slices)
  return {
    ...baseOption(tokens),
    tooltip: {
      ...tooltipBase(tokens),
      trigger: 'item',
      formatter: (item) => {
        const at = Array.isArray(item) ? 0 : item.dataIndex
        const slice = props.slices[at]
        return tooltipElement(slice?.label ?? '', [
          {
            name: props.name,
            value: format.exact(
              slice?.value,
              props.unit,
              props.unit === 'currency' ? 0 : undefined,
            ),
            color: tokens.series[at] ?? tokens.neutral,
          },
          { name: 'Share', value: formatShare(sum > 0 ? (slice?.value ?? 0) / sum : null) },
        ])
      },
    },
    series: [
      {
        type: 'pie',
        name: props.name,
        radius: ['64%', '94%'],
        startAngle: 90,
        clockwise: true,
        label: { show: false },
        emphasis: { scale: false },
        cursor: props.onSelect ? 'pointer' : 'default',
        itemStyle: { borderColor: tokens.surface, borderWidth: 2 },
        data: props.slices.map((slice, index) => ({
          name: slice.label,
          value: slice.value,
          itemStyle: { color: tokens.series[index] ?? tokens.neutral },
        })),
      },
    ],
  }
}
