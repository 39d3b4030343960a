// From the average to one prediction, one step per cause. What raises is orange, what lowers blue:
// a higher chance to leave is not "good", and red and green would say so.

import { useCallback, useRef } from 'react'

import { useChartHandle } from './handle'
import { svgToPng } from './svg-png'
import { useTokens } from './tokens'
import styles from './waterfall.module.css'

export interface WaterfallStep {
  label: string
  note?: string // The value of the feature, in text-3.
  change: number
}

export interface WaterfallProps {
  title: string // The takeaway sentence.
  base: { label: string; note?: string; value: number }
  steps: readonly WaterfallStep[] // In the order drawn: largest first, the unnamed rest last.
  result: { label: string; value: number }
  level: (value: number) => string // 63.0 %
  change: (value: number) => string // +9.8 pp
}

const ROW = 34
const BAR = 18
const LEFT = 190
const WIDTH = 520
const RIGHT = 84

interface Drawn {
  label: string
  note: string
  from: number
  to: number
  text: string
  kind: 'base' | 'up' | 'down' | 'result'
}

export function waterfallRows(props: WaterfallProps): Drawn[] {
  let level = props.base.value
  const steps = props.steps.map((step): Drawn => {
    const from = level
    level += step.change
    const kind = step.change >= 0 ? 'up' : 'down'
    return {
      label: step.label,
      note: step.note ?? '',
      from,
      to: level,
      text: props.change(step.change),
      kind,
    }
  })
  const { base, result } = props
  return [
    {
      label: base.label,
      note: base.note ?? '',
      from: 0,
      to: base.value,
      text: props.level(base.value),
      kind: 'base',
    },
    ...steps,
    {
      label: result.label,
      note: '',
      from: 0,
      to: result.value,
      text: props.level(result.value),
      kind: 'result',
    },
  ]
}

export function Waterfall(props: WaterfallProps) {
  const svg = useRef<SVGSVGElement>(null)
  const tokens = useTokens()
  const png = useCallback(
    () => (svg.current ? svgToPng(svg.current, tokens.surface) : Promise.resolve('')),
    [tokens],
  )
  useChartHandle(png)
  const rows = waterfallRows(props)
  const low = Math.min(0, ...rows.map((row) => Math.min(row.from, row.to)))
  const high = Math.max(...rows.map((row) => Math.max(row.from, row.to)), low + 1e-12)
  const x = (value: number) => LEFT + ((value - low) * (WIDTH - LEFT - RIGHT)) / (high - low)
  return (
    <svg
      ref={svg}
      className={styles.waterfall}
      viewBox={`0 0 ${WIDTH} ${ROW * rows.length}`}
      role="img"
      aria-label={props.title}
    >
      {rows.map((row, index) => {
        const left = x(Math.min(row.from, row.to))
        const middle = index * ROW + ROW / 2
        const total = row.kind === 'base' || row.kind === 'result'
        return (
          <g key={`${row.label} ${index}`}>
            <text x={0} y={middle + 4} className={total ? styles.strong : styles.label}>
              {row.label}
              {row.note !== '' && (
                <tspan className={styles.note} dx={5}>
                  {row.note}
                </tspan>
              )}
            </text>
            <rect
              className={styles[row.kind]}
              x={left}
              y={middle - BAR / 2}
              width={Math.max(1.5, x(Math.max(row.from, row.to)) - left)}
              height={BAR}
              rx={2}
            />
            {index < rows.length - 1 && (
              <line
                className={styles.link}
                x1={x(row.to)}
                x2={x(row.to)}
                y1={middle + BAR / 2}
                y2={middle + ROW - BAR / 2}
              />
            )}
            <text
              x={WIDTH}
              y={middle + 4}
              textAnchor="end"
              className={total ? styles.strong : styles.value}
            >
              {row.text}
            </text>
          </g>
        )
      })}
    </svg>
  )
}
