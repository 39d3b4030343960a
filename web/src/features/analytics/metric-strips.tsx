// The metrics of the workspace, one strip each, over the same buckets with one crosshair.

import { useState, type KeyboardEvent, type PointerEvent } from 'react'

import { sentence } from '@/api/client'
import { axisLabel, isLabelled } from '@/charts/line-chart'
import { path, scales } from '@/charts/sparkline'
import { Card, type CardState } from '@/components/card'
import { LegendItem } from '@/components/chart-card'
import { DeltaLine } from '@/components/delta'
import { Tag } from '@/components/tag'
import { cx } from '@/lib/class-names'
import { formatBucket, type Grain } from '@/lib/dates'
import { useFormat } from '@/lib/format-context'

import styles from './metric-strips.module.css'
import type { Buckets, Strip } from './strips'

const WIDTH = 352
const HEIGHT = 72
const PAD = 4 // What scales() leaves on each side.

interface Props {
  strips: readonly Strip[]
  chosen: string
  grain: Grain
  buckets: Buckets
  versus: string | null // previous 26 weeks
  sub: string
  state: CardState
  onChoose: (metric: string) => void
  onRows: (metric: string, start: string) => void // The chosen strip was used at a bucket.
}

export function MetricStrips(props: Props) {
  const { strips, chosen, grain, buckets, versus, sub, state, onChoose, onRows } = props
  const [at, setAt] = useState<number | null>(null)
  const count = buckets.starts.length
  const here = at !== null && at < count ? at : null
  const start = here === null ? undefined : buckets.starts[here]
  const step = (event: KeyboardEvent) => {
    const next = stepped(event.key, here, count)
    if (next === undefined) return
    event.preventDefault()
    setAt(next)
  }
  return (
    <Card
      title={`Metrics by ${grain}`}
      sub={sub}
      state={state}
      height={652}
      flush
      className={styles.card}
      tools={
        <span className={styles.bucket} aria-live="polite">
          {start !== undefined && <Tag>{bucketName(grain, start, here, buckets)}</Tag>}
        </span>
      }
    >
      <div className={styles.legend}>
        <LegendItem name="This period" color="var(--primary)" />
        {versus !== null && (
          <LegendItem name={capital(versus)} color="var(--neutral-mark)" dash="3 4" />
        )}
        {buckets.incomplete && (
          <LegendItem name={`Incomplete ${grain}`} color="var(--primary)" dash="4 4" />
        )}
      </div>
      <div className={styles.strips} onKeyDown={step}>
        {strips.map((strip) => (
          <StripRow
            key={strip.metric.name}
            strip={strip}
            on={strip.metric.name === chosen}
            at={here}
            incomplete={buckets.incomplete !== null}
            onPoint={setAt}
            onChoose={() => {
              const { name } = strip.metric
              if (name === chosen && start !== undefined) onRows(name, start)
              else onChoose(name)
            }}
          />
        ))}
      </div>
      <TimeAxis grain={grain} starts={buckets.starts} />
    </Card>
  )
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

function bucketName(grain: Grain, start: string, at: number | null, buckets: Buckets): string {
  const partial = at === buckets.starts.length - 1 ? buckets.incomplete : null
  const name = formatBucket(grain, start)
  return partial ? `${name}, ${partial.days} of ${partial.of} days` : name
}

/** Where a key moves the crosshair; null takes it away, undefined: not a key for it. */
export function stepped(key: string, at: number | null, count: number): number | null | undefined {
  switch (key) {
    case 'ArrowRight':
      return at === null ? 0 : Math.min(count - 1, at + 1)
    case 'ArrowLeft':
      return at === null ? count - 1 : Math.max(0, at - 1)
    case 'Escape':
      return at === null ? undefined : null
    default:
      return undefined
  }
}

/** The bucket under a pointer, by how far it is across the plot, 0 to 1. */
export function bucketAt(across: number, count: number): number | null {
  if (count === 0) return null
  const inside = (across * WIDTH - PAD) / (WIDTH - 2 * PAD)
  return Math.max(0, Math.min(count - 1, Math.round(inside * (count - 1))))
}

function StripRow(props: {
  strip: Strip
  on: boolean
  at: number | null
  incomplete: boolean
  onPoint: (at: number | null) => void
  onChoose: () => void
}) {
  const { strip, on, at, incomplete, onPoint, onChoose } = props
  const { metric, state } = strip
  const format = useFormat()
  const delta = format.delta(strip.value, strip.before, metric.unit, metric.good)
  const parts = strip.value === null ? null : format.parts(strip.value, metric.unit)
  const move = (event: PointerEvent<HTMLElement>) => {
    const { left, width } = event.currentTarget.getBoundingClientRect()
    onPoint(bucketAt((event.clientX - left) / width, strip.values.length))
  }
  return (
    <button
      type="button"
      className={cx(styles.strip, on && styles.on)}
      aria-pressed={on}
      title={metric.description}
      onClick={onChoose}
    >
      <span className={styles.told}>
        <span className={styles.name}>{metric.label}</span>
        <span
          className={cx(styles.value, parts === null && styles.none, 'num')}
          title={format.exact(strip.value, metric.unit)}
        >
          {state === 'loading' ? (
            <i className={styles.bone} />
          ) : parts ? (
            <>
              {parts.prefix}
              {parts.number}
              {parts.suffix !== '' && (
                <small>{parts.suffix.length > 1 ? `\u00a0${parts.suffix}` : parts.suffix}</small>
              )}
            </>
          ) : (
            '–'
          )}
        </span>
        {delta && <DeltaLine delta={delta} normal={strip.normal} />}
      </span>
      {state === 'shown' ? (
        <span
          className={styles.plot}
          onPointerMove={move}
          onPointerLeave={() => {
            onPoint(null)
          }}
        >
          <Plot strip={strip} at={at} incomplete={incomplete} />
        </span>
      ) : (
        <span className={styles.note}>{note(strip)}</span>
      )}
    </button>
  )
}

function note({ state, error }: Strip): string {
  if (state === 'timeless') return 'As of the latest data, whatever the period.'
  return state === 'failed' && error ? sentence(error.message) : ''
}

function Plot({ strip, at, incomplete }: { strip: Strip; at: number | null; incomplete: boolean }) {
  const { values, compared, metric } = strip
  const format = useFormat()
  const { x, y } = scales(values, compared ?? [], WIDTH, HEIGHT)
  const last = values.length - 1
  const tail = values.map((value, index) => (index < last - 1 ? null : value))
  const value = at === null ? null : (values[at] ?? null)
  const left = at === null ? 0 : (100 * x(at)) / WIDTH
  return (
    <>
      <svg
        className={styles.drawing}
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        aria-hidden="true"
      >
        <path className={styles.base} d={`M0 ${HEIGHT - 0.5}H${WIDTH}`} />
        {at !== null && <path className={styles.cross} d={`M${x(at)} 0V${HEIGHT}`} />}
        {compared && <path className={styles.before} d={path(compared, x, y)} />}
        <path d={path(incomplete ? values.slice(0, last) : values, x, y)} />
        {incomplete && <path className={styles.tail} d={path(tail, x, y)} />}
        {at !== null && value !== null && (
          <path className={styles.dot} d={`M${x(at)} ${y(value)}h0`} />
        )}
      </svg>
      {at !== null && (
        <span
          className={cx(styles.here, left > 70 && styles.leftward, 'num')}
          style={left > 70 ? { right: `${100 - left}%` } : { left: `${left}%` }}
        >
          {format.short(value, metric.unit)}
        </span>
      )}
    </>
  )
}

/** Months, and the year in the place of the first label of each new year. */
export function timeLabels(
  starts: readonly string[],
  grain: Grain,
): { index: number; text: string }[] {
  const labelled = starts.flatMap((_, index) => (isLabelled(starts, index, grain) ? [index] : []))
  const yearOf = (index: number | undefined) => starts[index ?? -1]?.slice(0, 4)
  return labelled.map((index, at) => {
    const year = yearOf(index)
    const isNew = grain !== 'day' && at > 0 && year !== yearOf(labelled[at - 1])
    return { index, text: isNew && year ? year : axisLabel(starts, starts[index] ?? '', grain) }
  })
}

function TimeAxis({ grain, starts }: { grain: Grain; starts: readonly string[] }) {
  const { x } = scales(
    starts.map(() => 0),
    [],
    WIDTH,
    HEIGHT,
  )
  return (
    <div className={`${styles.axis ?? ''} num`} aria-hidden="true">
      <span />
      <div>
        {timeLabels(starts, grain).map(({ index, text }) => (
          <span key={index} style={{ left: `${(100 * x(index)) / WIDTH}%` }}>
            {text}
          </span>
        ))}
      </div>
    </div>
  )
}
