import { cx } from '@/lib/class-names'
import type { Delta } from '@/lib/number-format'

import { DeltaCell } from './delta'
import styles from './leaderboard.module.css'

export interface LeaderboardRow {
  key: string
  label: string
  size: number // Length of the bar, 0 to 1 of the largest.
  value: string
  exact: string // On hover.
  share?: string
  delta?: Delta | null
  faded?: boolean // Filtered out, but never removed.
  color?: string // The series colour while the row is compared.
}

export function Leaderboard(props: {
  name: string // Head of the first column.
  valueName: string
  shares?: boolean
  shareName?: string
  changes?: boolean
  rows: readonly LeaderboardRow[]
  foot?: string
  dense?: boolean
  onSelect?: (index: number, exclude: boolean) => void // Ctrl click excludes.
}) {
  const {
    name,
    valueName,
    shares = false,
    shareName = 'Share',
    changes = false,
    rows,
    foot,
    dense = false,
    onSelect,
  } = props
  return (
    <>
      <table
        className={cx(styles.table, dense && styles.dense, onSelect && styles.clickable, 'num')}
      >
        <colgroup>
          <col />
          <col className={styles.valueColumn} />
          {shares && <col className={styles.shareColumn} />}
          {changes && <col className={styles.changeColumn} />}
        </colgroup>
        <thead>
          <tr>
            <th scope="col">{name}</th>
            <th scope="col">{valueName}</th>
            {shares && <th scope="col">{shareName}</th>}
            {changes && <th scope="col">Change</th>}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr
              key={row.key}
              className={cx(row.faded && styles.faded)}
              onClick={(event) => onSelect?.(index, event.ctrlKey || event.metaKey)}
            >
              <td>
                <div className={styles.box}>
                  <i style={{ width: `${100 * Math.max(0, row.size)}%`, background: row.color }} />
                  {row.color !== undefined && <em style={{ background: row.color }} />}
                  {onSelect ? (
                    <button type="button" title={row.label}>
                      {row.label}
                    </button>
                  ) : (
                    <span title={row.label}>{row.label}</span>
                  )}
                </div>
              </td>
              <td className={styles.value} title={row.exact}>
                {row.value}
              </td>
              {shares && <td className="t3">{row.share}</td>}
              {changes && (
                <td>
                  <DeltaCell delta={row.delta ?? null} />
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
      {foot !== undefined && <div className={`${styles.foot ?? ''} num`}>{foot}</div>}
    </>
  )
}
