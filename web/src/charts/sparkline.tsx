// A line without axes: 252 x 44, the compared line dashed behind, a dot on the last whole point and
// dashes after it.

import styles from './sparkline.module.css'

export interface SparklineProps {
  values: readonly (number | null)[]
  comparison?: readonly (number | null)[] | undefined
  incomplete?: boolean // Whether the last bucket is not whole yet.
  width?: number
  height?: number
}

const PAD = 4

export function Sparkline(props: SparklineProps) {
  const { values, comparison = [], incomplete = false, width = 252, height = 44 } = props
  const { x, y } = scales(values, comparison, width, height)
  const last = values.length - 1
  const dot = lastKnown(values, incomplete ? last - 1 : last)
  const solid = path(values.slice(0, incomplete ? last : last + 1), x, y)
  const tail = incomplete
    ? path(
        values.map((value, at) => (at < last - 1 ? null : value)),
        x,
        y,
      )
    : ''
  return (
    <svg
      className={styles.spark}
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      {comparison.length > 0 && <path className={styles.before} d={path(comparison, x, y)} />}
      <path className={styles.line} d={solid} />
      {tail !== '' && <path className={styles.tail} d={tail} />}
      {dot !== null && <path className={styles.dot} d={`M${x(dot)} ${y(values[dot] ?? 0)}h0`} />}
    </svg>
  )
}

function lastKnown(values: readonly (number | null)[], from: number): number | null {
  for (let at = from; at >= 0; at -= 1) if (values[at] !== null) return at
  return null
}

export function scales(
  values: readonly (number | null)[],
  comparison: readonly (number | null)[],
  width: number,
  height: number,
) {
  const known = [...values, ...comparison].filter((value): value is number => value !== null)
  const low = Math.min(...known)
  const high = Math.max(...known)
  const count = Math.max(values.length, comparison.length, 2)
  const round = (number: number) => Number(number.toFixed(1))
  return {
    x: (at: number) => round(PAD + (at * (width - 2 * PAD)) / (count - 1)),
    y: (value: number) =>
      round(high > low ? PAD + ((high - value) * (height - 2 * PAD)) / (high - low) : height / 2),
  }
}

/** An SVG path through the points; a gap lifts the pen. */
export function path(
  values: readonly (number | null)[],
  x: (at: number) => number,
  y: (value: number) => number,
): string {
  let text = ''
  let down = false
  values.forEach((value, at) => {
    if (value === null) {
      down = false
      return
    }
    text += `${down ? 'L' : 'M'}${x(at)} ${y(value)}`
    down = true
  })
  return text
}
