import { cx } from '@/lib/class-names'
import type { Delta, Tone } from '@/lib/number-format'

import styles from './delta.module.css'

export function Arrow({ direction }: { direction: Delta['direction'] }) {
  if (direction === 'same') return null
  return (
    <svg className={styles.arrow} viewBox="0 0 10 10" role="img" aria-label={direction}>
      <path d={direction === 'up' ? 'M5 1.5L9 8H1z' : 'M5 8.5L1 2h8z'} />
    </svg>
  )
}

/** ▲ +€138 k (+8.1 %) vs previous. Inside normal variation it is grey and says so. */
export function DeltaLine({
  delta,
  normal = false,
  words,
}: {
  delta: Delta
  normal?: boolean
  words?: string
}) {
  const tone: Tone = normal ? 'flat' : delta.tone
  return (
    <div className={cx(styles.line, 'num', tone)}>
      <Arrow direction={delta.direction} />
      <b>{delta.absolute}</b>
      {delta.relative !== null && <span>({delta.relative})</span>}
      {words !== undefined && <span className={cx(styles.words, !normal && 't3')}>{words}</span>}
    </div>
  )
}

/** ▲ +11.2 %, as it stands at the end of a row. */
export function DeltaCell({ delta }: { delta: Delta | null }) {
  if (!delta) return null
  return (
    <span className={cx(styles.cell, 'num', delta.tone)}>
      <Arrow direction={delta.direction} />
      {delta.relative ?? delta.absolute}
    </span>
  )
}
