// From the average to one prediction, one step per cause. What raises is orange, what lowers blue:
// a higher chance to leave is not "good", and red and green would say so.

import { useCallback, useRef } from 'react'

import { useChartHandle } from './handle'
import { svgToPng } from './svg-png'
import { useTokens } from './tokens'
import { useWidth } from './use-width'
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
const TALL_ROW = 46 // Its name stands above the bar.
const BAR = 18
const WIDTH = 520 // Until the box is measured.
const NARROW = 440 // Under this a name has no room beside its bar.
const RIGHT = 72
const LETTER = 6.2 // Of 12 px type, on average.

/** As much of a text as fits. */
export const clip = (text: string, letters: number) =>
  text.length <= letters ? text : `${text.slice(0, Math.max(1, letters - 1)).trimEnd()}…`

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
  const [box, width] = useWidth<HTMLDivElement>(WIDTH)
  const tokens = useTokens()
  const png = useCallback(
    () => (svg.current ? svgToPng(svg.current, tokens.surface) : Promise.resolve('')),
    [tokens],
  )
  useChartHandle(png)
  const rows = waterfallRows(props)
  const narrow = width < NARROW
  const left = narrow ? 0 : Math.min(240, 0.42 * width)
  const height = narrow ? TALL_ROW : ROW
  const letters = (narrow ? width : left - 8) / LETTER
  const low = Math.min(0, ...rows.map((row) => Math.min(row.from, row.to)))
  const high = Math.max(...rows.map((row) => Math.max(row.from, row.to)), low + 1e-12)
  const x = (value: number) => left + ((value - low) * (width - left - RIGHT)) / (high - low)
  return (
    <div ref={box}>
      <svg
        ref={svg}
        className={styles.waterfall}
        viewBox={`0 0 ${width} ${height * rows.length}`}
        role="img"
        aria-label={props.title}
      >
        {rows.map((row, index) => {
          const start = x(Math.min(row.from, row.to))
          const middle = index * height + (narrow ? 32 : ROW / 2)
          const total = row.kind === 'base' || row.kind === 'result'
          return (
            <g key={`${row.label} ${index}`}>
              <RowName row={row} y={narrow ? middle - 16 : middle + 4} letters={letters} />
              <rect
                className={styles[row.kind]}
                x={start}
                y={middle - BAR / 2}
                width={Math.max(1.5, x(Math.max(row.from, row.to)) - start)}
                height={BAR}
                rx={2}
              />
              {index < rows.length - 1 && !narrow && (
                <line
                  className={styles.link}
                  x1={x(row.to)}
                  x2={x(row.to)}
                  y1={middle + BAR / 2}
                  y2={middle + height - BAR / 2}
                />
              )}
              <text
                x={width}
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
    </div>
  )
}

/** The name, and the value of the feature behind it; both are cut only where they do not fit. */
function RowName({ row, y, letters }: { row: Drawn; y: number; letters: number }) {
  const noted = row.note !== ''
  const strong = row.kind === 'base' || row.kind === 'result'
  const note = clip(row.note, Math.max(letters / 2, letters - row.label.length - 1))
  const room = noted ? letters - note.length - 1 : letters
  return (
    <text x={0} y={y} className={strong ? styles.strong : styles.label}>
      <title>{noted ? `${row.label}: ${row.note}` : row.label}</title>
      {clip(row.label, room)}
      {noted && (
        <tspan className={styles.note} dx={5}>
          {note}
        </tspan>
      )}
    </text>
  )
}
