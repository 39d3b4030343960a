// One input of the form: the number over the histogram it was trained on, or the choice with shares.

import { IconAlertTriangle } from '@tabler/icons-react'
import { useId, useState } from 'react'

import { sentence, type Feature, type Value } from '@/api/client'
import { cx } from '@/lib/class-names'
import { useFormat } from '@/lib/format-context'
import { formatShare } from '@/lib/number-format'

import { rangeWarning, roundTo, stepOf } from './form'
import styles from './form-card.module.css'

interface FieldProps {
  feature: Feature
  value: Value
  flag: string | null // What the model finds unusual about it.
  onChange: (value: Value) => void
}

const SUFFIX: Partial<Record<NonNullable<Feature['unit']>, string>> = {
  days: 'days',
  months: 'months',
  years: 'years',
  percent: '%',
  probability: '%',
}

const isShare = (feature: Feature) => feature.unit === 'percent' || feature.unit === 'probability'

export function NumberField({ feature, value, flag, onChange }: FieldProps) {
  const id = useId()
  const format = useFormat()
  const unit = feature.unit ?? 'number'
  const step = stepOf(feature)
  const low = roundTo(feature.min ?? 0, step)
  const high = Math.max(low + step, roundTo(feature.max ?? 1, step))
  const number = typeof value === 'number' ? value : null
  const warning =
    rangeWarning(feature, value, (edge) => format.short(edge, unit)) ??
    (flag === null ? null : sentence(flag).replace(/\.$/, ''))
  const share = number === null ? 0 : Math.max(0, Math.min(1, (number - low) / (high - low)))
  return (
    <div className={cx(styles.field, warning !== null && styles.unusual)}>
      <div className={styles.head}>
        <label htmlFor={id} title={feature.label}>
          {feature.label}
        </label>
        {warning !== null && <Unusual />}
        <NumberInput id={id} feature={feature} value={number} step={step} onChange={onChange} />
      </div>
      {feature.histogram && <MiniHistogram histogram={feature.histogram} upTo={number} />}
      <input
        type="range"
        className={styles.range}
        style={{ '--at': `${100 * share}%` } as React.CSSProperties}
        aria-label={`${feature.label}, slider`}
        aria-valuetext={number === null ? 'not known' : format.exact(number, unit)}
        min={low}
        max={high}
        step={step}
        value={number === null ? low : Math.max(low, Math.min(high, number))}
        onChange={(event) => {
          onChange(roundTo(Number(event.target.value), step))
        }}
      />
      {warning !== null && <p className={styles.warning}>{warning}</p>}
    </div>
  )
}

const Unusual = () => (
  <IconAlertTriangle
    size={14}
    stroke={1.5}
    className={styles.unusualIcon}
    aria-label="Unusual value"
  />
)

/** Text while it is being typed, a number as soon as it is one; empty is not known. */
function NumberInput(props: {
  id: string
  feature: Feature
  value: number | null
  step: number
  onChange: (value: Value) => void
}) {
  const { id, feature, value, step, onChange } = props
  const [typed, setTyped] = useState<string | null>(null)
  const scale = isShare(feature) ? 100 : 1
  const shown = value === null ? '' : String(roundTo(value * scale, Math.min(step * scale, 1) / 10))
  const suffix = SUFFIX[feature.unit ?? 'number']
  const format = useFormat()
  const sign = feature.unit === 'currency' ? format.parts(0, 'currency').prefix : ''
  return (
    <span className={styles.input}>
      {sign !== '' && <span aria-hidden="true">{sign}</span>}
      <input
        id={id}
        inputMode="decimal"
        autoComplete="off"
        placeholder="not known"
        value={typed ?? shown}
        onFocus={(event) => {
          event.target.select()
        }}
        onChange={(event) => {
          const text = event.target.value
          setTyped(text)
          const next = Number(text.replace(',', '.'))
          if (text.trim() === '') onChange(null)
          else if (Number.isFinite(next)) onChange(next / scale)
        }}
        onBlur={() => {
          setTyped(null)
        }}
      />
      {suffix !== undefined && <span aria-hidden="true">{suffix}</span>}
    </span>
  )
}

const W = 320
const H = 22

function MiniHistogram(props: {
  histogram: { edges: number[]; counts: number[] }
  upTo: number | null
}) {
  const { edges, counts } = props.histogram
  const most = Math.max(1, ...counts)
  const width = W / Math.max(1, counts.length)
  return (
    <svg
      className={styles.histogram}
      viewBox={`0 0 ${W} ${H}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      {counts.map((count, index) => {
        // A root, so that rare values are seen beside frequent ones; the chart has no scale.
        const height = count === 0 ? 0 : Math.max(1, H * Math.sqrt(count / most))
        const middle = ((edges[index] ?? 0) + (edges[index + 1] ?? 0)) / 2
        const within = props.upTo !== null && middle <= props.upTo
        return (
          <rect
            key={index}
            x={index * width + 0.5}
            y={H - height}
            width={Math.max(1, width - 1.5)}
            height={height}
            rx={1}
            className={within ? styles.barWithin : styles.barBeyond}
          />
        )
      })}
    </svg>
  )
}

const MOST_SEGMENTS = 4

export function CategoryField({ feature, value, flag, onChange }: FieldProps) {
  const id = useId()
  const categories = feature.categories ?? []
  const known = categories.some((one) => one.value === value)
  const text = value === null ? '' : String(value)
  const short =
    categories.length <= MOST_SEGMENTS && categories.every((one) => one.value.length < 14)
  return (
    <div className={styles.field}>
      <div className={styles.head}>
        {short ? <span id={id}>{feature.label}</span> : <label htmlFor={id}>{feature.label}</label>}
        {flag !== null && <Unusual />}
      </div>
      {short ? (
        <div className={styles.segments} role="radiogroup" aria-labelledby={id}>
          {categories.map((one) => (
            <label key={one.value} className={cx(styles.segment, one.value === value && styles.on)}>
              <input
                type="radio"
                className="visually-hidden"
                name={id}
                checked={one.value === value}
                onChange={() => {
                  onChange(one.value)
                }}
              />
              {one.value} <small className="num">{formatShare(one.share, 0)}</small>
            </label>
          ))}
        </div>
      ) : (
        <select
          id={id}
          className={styles.select}
          value={text}
          onChange={(event) => {
            onChange(event.target.value === '' ? null : event.target.value)
          }}
        >
          {!known && <option value={text}>{text === '' ? 'not known' : text}</option>}
          {categories.map((one) => (
            <option key={one.value} value={one.value}>
              {one.value} ({formatShare(one.share, 0)})
            </option>
          ))}
        </select>
      )}
      {short && !known && (
        <p className={styles.warning}>
          {value === null ? 'Not known of this customer' : `${text} was not seen in training`}
        </p>
      )}
      {flag !== null && known && <p className={styles.warning}>{sentence(flag)}</p>}
    </div>
  )
}
