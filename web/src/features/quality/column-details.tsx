import { IconLock } from '@tabler/icons-react'

import { cx } from '@/lib/class-names'
import { formatCount, formatShare } from '@/lib/number-format'

import {
  barHeights,
  cellText,
  columnNews,
  type ColumnProfile,
  type HistogramBar,
  type Profile,
} from './profile'
import styles from './quality.module.css'

/** One column in full. */
export function ColumnDetails({ column, profile }: { column: ColumnProfile; profile: Profile }) {
  const values = column.rows - column.nulls
  return (
    <section className={styles.details} aria-label={`The column ${column.column}`}>
      <h3>{column.label}</h3>
      <p className={styles.news}>{columnNews(column)}</p>
      {column.drift && (
        <p className={styles.none}>
          Stability index {column.drift.stability.toFixed(3)} against load {profile.against?.run_id}
          ; from 0.1 on, and beyond chance, values have moved.
        </p>
      )}
      {column.is_hidden ? (
        <p className={styles.fineState}>
          <IconLock size={16} stroke={1.5} aria-hidden="true" />
          Values of this column are personal data; your role may not see them.
        </p>
      ) : (
        <>
          <Bars column={column} />
          <Quantiles column={column} />
          <Counts
            title="Most frequent"
            note={
              column.top_error > 0
                ? `counts may be too small by ${formatCount(column.top_error)}`
                : 'exact'
            }
            counts={column.top}
            of={values}
          />
        </>
      )}
      {column.patterns.length > 0 && (
        <Counts
          title="Patterns"
          note="A a letter, 9 a digit, + more of the same"
          counts={column.patterns}
          of={values}
          mono
        />
      )}
    </section>
  )
}

function Bars({ column }: { column: ColumnProfile }) {
  if (column.histogram.length === 0) return null
  const { now, before } = barHeights(column.histogram, column.drift?.histogram)
  const [first, last] = [column.histogram[0], column.histogram.at(-1)]
  // Two sets of bars lie on one axis only if their ends are the same.
  const fits = sameEnds(column.histogram, column.drift?.histogram)
  return (
    <figure className={styles.bars}>
      <div
        role="img"
        aria-label={`How the values spread from ${cellText(first?.from ?? null, column.type)} to ${cellText(last?.to ?? null, column.type)}`}
      >
        {now.map((height, index) => {
          const bar = column.histogram[index]
          const old = fits ? before[index] : undefined
          return (
            <span
              key={index}
              title={
                bar &&
                `${cellText(bar.from, column.type)} – ${cellText(bar.to, column.type)}: ${formatShare(bar.share, 1)}`
              }
            >
              <i style={{ height: `${100 * height}%` }} />
              {old !== undefined && <b style={{ bottom: `${100 * old}%` }} />}
            </span>
          )
        })}
      </div>
      <figcaption className="num">
        <span>{cellText(first?.from ?? null, column.type)}</span>
        {fits && before.length > 0 && <span>lines: the other load</span>}
        <span>{cellText(last?.to ?? null, column.type)}</span>
      </figcaption>
    </figure>
  )
}

const sameEnds = (one: readonly HistogramBar[], other: readonly HistogramBar[] | undefined) =>
  other !== undefined && one[0]?.from === other[0]?.from && one.at(-1)?.to === other.at(-1)?.to

function Quantiles({ column }: { column: ColumnProfile }) {
  if (column.quantiles.length === 0) return null
  return (
    <dl className={cx(styles.quantiles, 'num')}>
      {column.quantiles.map((quantile) => (
        <div key={quantile.share}>
          <dt>{formatShare(quantile.share, 0)}</dt>
          <dd>{cellText(quantile.value, column.type)}</dd>
        </div>
      ))}
    </dl>
  )
}

function Counts(props: {
  title: string
  note: string
  counts: ColumnProfile['top']
  of: number
  mono?: boolean
}) {
  const { title, note, counts, of, mono = false } = props
  if (counts.length === 0) return null
  return (
    <>
      <h4>
        {title} <span>{note}</span>
      </h4>
      <ul className={styles.counts} aria-label={title}>
        {counts.slice(0, 6).map((entry) => (
          <li key={entry.value}>
            <span className={mono ? styles.mono : undefined} title={entry.value}>
              {entry.value === '' ? '(empty)' : entry.value}
            </span>
            <span className={styles.track} aria-hidden="true">
              <i
                className={styles.fine}
                style={{ width: `${of > 0 ? (100 * entry.count) / of : 0}%` }}
              />
            </span>
            <b className="num">{formatCount(entry.count)}</b>
            <span className="num t3">{of > 0 ? formatShare(entry.count / of, 1) : '–'}</span>
          </li>
        ))}
      </ul>
    </>
  )
}
