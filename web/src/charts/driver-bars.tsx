// What moved a number: one bar per part, to the right what helped, to the left what hurt.

import { cx } from '@/lib/class-names'

import styles from './driver-bars.module.css'

export interface Driver {
  label: string
  change: number
  text: string // The change, as told.
  tone: 'good' | 'bad' | 'flat'
}

export function DriverBars({
  title,
  drivers,
  onSelect,
}: {
  title: string // The takeaway sentence.
  drivers: readonly Driver[]
  onSelect?: (index: number) => void
}) {
  const down = Math.max(0, ...drivers.map((driver) => -driver.change))
  const up = Math.max(0, ...drivers.map((driver) => driver.change))
  const span = down + up || 1
  const zero = (100 * down) / span
  return (
    <ul className={styles.drivers} aria-label={title}>
      {drivers.map((driver, index) => {
        const size = (100 * Math.abs(driver.change)) / span
        const left = driver.change < 0 ? zero - size : zero
        const row = (
          <>
            <span className={styles.label} title={driver.label}>
              {driver.label}
            </span>
            <span className={styles.track} aria-hidden="true">
              <i className={styles.zero} style={{ left: `${zero}%` }} />
              <i
                className={cx(styles.bar, styles[driver.tone])}
                style={{ left: `${left}%`, width: `${size}%` }}
              />
            </span>
            <b className={cx('num', driver.tone)}>{driver.text}</b>
          </>
        )
        return (
          <li key={driver.label}>
            {onSelect ? (
              <button
                type="button"
                className={styles.row}
                onClick={() => {
                  onSelect(index)
                }}
              >
                {row}
              </button>
            ) : (
              <div className={styles.row}>{row}</div>
            )}
          </li>
        )
      })}
    </ul>
  )
}
