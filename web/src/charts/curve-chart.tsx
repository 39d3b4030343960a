// Shares along a number: a Lorenz curve, a survival curve. Up to four lines, told apart by colour,
// dash and name; a band where a share is uncertain.

import { useCallback, useRef } from 'react'

import { cx } from '@/lib/class-names'
import { formatShare } from '@/lib/number-format'
import { niceTicks } from '@/lib/ticks'

import styles from './curve-chart.module.css'
import { useChartHandle } from './handle'
import { svgToPng } from './svg-png'
import { useTokens } from './tokens'
import { useWidth } from './use-width'

export interface CurvePoint {
  x: number
  share: number
  low?: number
  high?: number
}

export interface CurveChartProps {
  title: string // The takeaway sentence.
  curves: readonly { name: string; points: readonly CurvePoint[] }[]
  steps?: boolean // A share holds until the next point.
  even?: boolean // Draws the line on which everybody has the same.
  most: number // The right end.
  x: (value: number) => string
  height?: number
}

const WIDTH = 420 // Until the box is measured.
const BOX = { left: 44, right: 14, top: 10, bottom: 26 }
const SHARES = [0, 0.25, 0.5, 0.75, 1]
const LINES = [styles.first, styles.second, styles.third, styles.fourth]

/** The corners of a line; of steps two for each point after the first. */
export function cornersOf(points: readonly CurvePoint[], steps: boolean): [number, number][] {
  return points.flatMap((point, at): [number, number][] => {
    const before = points[at - 1]
    return steps && before
      ? [
          [point.x, before.share],
          [point.x, point.share],
        ]
      : [[point.x, point.share]]
  })
}

export function CurveChart(props: CurveChartProps) {
  const { title, curves, steps = false, even = false, most, height = 216 } = props
  const svg = useRef<SVGSVGElement>(null)
  const [box, width] = useWidth<HTMLDivElement>(WIDTH)
  const tokens = useTokens()
  const png = useCallback(
    () => (svg.current ? svgToPng(svg.current, tokens.surface) : Promise.resolve('')),
    [tokens],
  )
  useChartHandle(png)
  const x = (value: number) => BOX.left + (value / (most || 1)) * (width - BOX.left - BOX.right)
  const y = (share: number) => height - BOX.bottom - share * (height - BOX.top - BOX.bottom)
  const path = (corners: readonly [number, number][]) =>
    corners.map(([at, share]) => `${x(at).toFixed(1)},${y(share).toFixed(1)}`).join(' ')
  const only = curves.length === 1 ? curves[0] : undefined
  const ticks = even ? SHARES : niceTicks([0, most]).filter((tick) => tick <= most)
  return (
    <div ref={box}>
      <svg
        ref={svg}
        className={styles.chart}
        viewBox={`0 0 ${width} ${height}`}
        role="img"
        aria-label={title}
      >
        {SHARES.map((share) => (
          <g key={share}>
            <line
              className={share === 0 ? styles.axis : styles.grid}
              x1={x(0)}
              x2={x(most)}
              y1={y(share)}
              y2={y(share)}
            />
            {share % 0.5 === 0 && (
              <text x={x(0) - 8} y={y(share) + 4} textAnchor="end">
                {formatShare(share, 0)}
              </text>
            )}
          </g>
        ))}
        {ticks.map((tick) => (
          <text
            key={tick}
            x={x(tick)}
            y={height - 8}
            textAnchor={tick >= 0.97 * most ? 'end' : tick === 0 ? 'start' : 'middle'}
          >
            {props.x(tick)}
          </text>
        ))}
        {only?.points.some((point) => point.low !== undefined) === true && (
          <polygon className={styles.band} points={path(bandOf(only.points, steps))} />
        )}
        {even && <line className={styles.even} x1={x(0)} y1={y(0)} x2={x(most)} y2={y(1)} />}
        {curves.map((curve, at) => (
          <polyline
            key={curve.name}
            className={cx(styles.line, LINES[at % LINES.length])}
            points={path(cornersOf(curve.points, steps))}
          >
            <title>{curve.name}</title>
          </polyline>
        ))}
      </svg>
      {curves.length > 1 && (
        <ul className={styles.legend}>
          {curves.map((curve, at) => (
            <li key={curve.name}>
              <svg width="22" height="8" aria-hidden="true">
                <line
                  className={cx(styles.line, LINES[at % LINES.length])}
                  x1="1"
                  x2="21"
                  y1="4"
                  y2="4"
                />
              </svg>
              {curve.name}
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}

/** There along the upper edge, and back along the lower. */
function bandOf(points: readonly CurvePoint[], steps: boolean): [number, number][] {
  const edge = (share: (point: CurvePoint) => number) =>
    cornersOf(
      points.map((point) => ({ x: point.x, share: share(point) })),
      steps,
    )
  return [
    ...edge((point) => point.high ?? point.share),
    ...edge((point) => point.low ?? point.share).toReversed(),
  ]
}
