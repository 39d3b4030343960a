// Shares along a number: a Lorenz curve, a survival curve. Up to four lines, told apart by colour,
// dash and name; a band where a share is uncertain.

import { cx } from '@/lib/class-names'
import { niceTicks } from '@/lib/ticks'

import styles from './curve-chart.module.css'
import { SharePlot, SHARES, type Scales } from './share-plot'
import plot from './share-plot.module.css'

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
  const { title, curves, steps = false, even = false, most, height } = props
  const only = curves.length === 1 ? curves[0] : undefined
  const ticks = even ? SHARES : niceTicks([0, most]).filter((tick) => tick <= most)
  const draw = ({ x, y }: Scales) => {
    const path = (corners: readonly [number, number][]) =>
      corners.map(([at, share]) => `${x(at).toFixed(1)},${y(share).toFixed(1)}`).join(' ')
    return (
      <>
        {only?.points.some((point) => point.low !== undefined) === true && (
          <polygon className={styles.band} points={path(bandOf(only.points, steps))} />
        )}
        {curves.map((curve, at) => (
          <polyline
            key={curve.name}
            className={cx(plot.line, LINES[at % LINES.length])}
            points={path(cornersOf(curve.points, steps))}
          >
            <title>{curve.name}</title>
          </polyline>
        ))}
      </>
    )
  }
  return (
    <SharePlot
      title={title}
      most={most}
      ticks={ticks.map((at) => ({ at, text: props.x(at) }))}
      diagonal={even}
      draw={draw}
      {...(height === undefined ? {} : { height })}
    >
      {curves.length > 1 && (
        <ul className={styles.legend}>
          {curves.map((curve, at) => (
            <li key={curve.name}>
              <svg width="22" height="8" aria-hidden="true">
                <line
                  className={cx(plot.line, LINES[at % LINES.length])}
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
    </SharePlot>
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
