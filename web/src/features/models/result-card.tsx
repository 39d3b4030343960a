// What the model says of this customer, and how it got there from the average one.

import { IconAlertTriangle, IconBolt } from '@tabler/icons-react'

import type { Prediction, TaskModels, Value } from '@/api/client'
import { Waterfall } from '@/charts/waterfall'
import { queryState } from '@/components/card'
import { ChartCard } from '@/components/chart-card'
import type { TableColumn } from '@/components/data-table'
import { Tag } from '@/components/tag'
import { cx } from '@/lib/class-names'
import { useFormat } from '@/lib/format-context'
import { formatShare, type Format } from '@/lib/number-format'

import { changedWords, learnerLabel } from './form'
import styles from './result-card.module.css'
import { decimalsOf, stepsOf, unitOf } from './steps'
import { intervalWords, riskOf, timesAverage } from './words'

interface Props {
  task: TaskModels
  query: {
    data: Prediction | undefined
    error: Error | null
    isPending: boolean
    isPlaceholderData: boolean
    refetch: () => unknown
  }
  stale: boolean // The form has moved on already.
  changes: number
  worth: { label: string; value: number } | null // What this customer is worth, if that is known.
}

export function ResultCard({ task, query, stale, changes, worth }: Props) {
  const format = useFormat()
  const prediction = query.data
  const state = queryState(query)
  const who =
    prediction === undefined || prediction.customer_id === null
      ? 'an average customer'
      : `customer ${prediction.customer_id}`
  const words = changedWords(changes)
  return (
    <ChartCard
      title={task.label}
      sub={`${learnerLabel(task)} v${task.version} · ${who}${words === null ? '' : ` with ${words.replace(' changed', '')} changed`}`}
      span={8}
      height={420}
      state={
        state.kind === 'shown' ? { kind: 'shown', stale: stale && query.isPlaceholderData } : state
      }
      table={tableOf(prediction)}
      tools={
        prediction && (
          <span className={cx(styles.ms, 'num')} title="Time the model took">
            <IconBolt size={14} stroke={1.5} aria-hidden="true" />
            {prediction.elapsed_ms.toFixed(1)}&nbsp;ms
          </span>
        )
      }
    >
      {prediction && (
        <div className={styles.result}>
          <Said task={task} prediction={prediction} worth={worth} />
          <Why task={task} prediction={prediction} format={format} />
        </div>
      )}
    </ChartCard>
  )
}

function tableOf(prediction: Prediction | undefined) {
  const unit = prediction?.output.unit ?? 'number'
  const columns: TableColumn[] = [
    { name: 'label', label: 'Cause', type: 'text' },
    { name: 'value', label: 'Value', type: 'text' },
    { name: 'change', label: 'Contribution', type: 'number', unit },
  ]
  return {
    columns,
    rows: prediction
      ? [
          ['Average customer', null, prediction.base] as Value[],
          ...prediction.contributions.map((one): Value[] => [
            one.label,
            one.value,
            one.contribution,
          ]),
          ['This customer', null, prediction.output.value] as Value[],
        ]
      : [],
  }
}

function Said(props: { task: TaskModels; prediction: Prediction; worth: Props['worth'] }) {
  const { task, prediction, worth } = props
  const { output, base } = prediction
  const format = useFormat()
  const chance = output.unit === 'probability'
  const told = (value: number) => (chance ? formatShare(value, 0) : format.short(value, 'currency'))
  const risk = chance ? riskOf(output.value, task.cut_off_score, base) : null
  const times = timesAverage(output.value, base)
  const parts = format.parts(output.value, 'currency')
  return (
    <div className={styles.said}>
      <p className={cx(styles.hero, 'num')} aria-live="polite">
        {chance ? (
          <>
            {(100 * output.value).toFixed(0)}
            <small>%</small>
          </>
        ) : (
          <>
            {parts.prefix}
            {parts.number}
            {parts.suffix !== '' && <small>{parts.suffix}</small>}
          </>
        )}
      </p>
      {risk && (
        <Tag tone={risk.tone}>
          {(risk.tone === 'bad' || risk.tone === 'caution') && (
            <IconAlertTriangle size={12} stroke={1.5} aria-hidden="true" />
          )}
          {risk.label}
        </Tag>
      )}
      <p className={cx(styles.words, 'num')}>
        {intervalWords(output, told)}
        {times !== null && (
          <>
            <br />
            {times}
          </>
        )}
      </p>
      <Scale task={task} prediction={prediction} told={told} />
      {worth && chance && (
        <dl className={cx(styles.stake, 'num')}>
          <div>
            <dt title={worth.label}>{worth.label}</dt>
            <dd>{format.short(worth.value, 'currency')}</dd>
          </div>
          <div>
            <dt title="Chance times value">At stake</dt>
            <dd>{format.short(Math.max(0, worth.value) * output.value, 'currency')}</dd>
          </div>
        </dl>
      )}
    </div>
  )
}

/** From nothing to certain, or to twice what there is to show: where this customer stands. */
function Scale(props: {
  task: TaskModels
  prediction: Prediction
  told: (value: number) => string
}) {
  const { task, prediction, told } = props
  const { output, base } = prediction
  const chance = output.unit === 'probability'
  const low = chance ? 0 : Math.min(0, output.low ?? output.value)
  const high = chance ? 1 : Math.max(output.high ?? output.value, output.value, 2 * base, low + 1)
  const at = (value: number) => `${(100 * (value - low)) / (high - low)}%`
  const cut = chance ? task.cut_off_score : base
  const label = chance ? (cut === null ? '' : `cut-off ${told(cut)}`) : `average ${told(base)}`
  return (
    <div className={styles.scale} aria-hidden="true">
      <div
        className={cx(styles.track, chance && styles.risky)}
        style={{ '--cut': cut === null ? '100%' : at(cut) } as React.CSSProperties}
      >
        {output.low !== null && output.high !== null && (
          <i style={{ left: at(output.low), right: `calc(100% - ${at(output.high)})` }} />
        )}
        {cut !== null && <u style={{ left: at(cut) }} />}
        <b style={{ left: at(output.value) }} />
      </div>
      <div className={cx(styles.ends, 'num')}>
        <span>{chance ? '0' : told(low)}</span>
        <span>{label}</span>
        <span>{chance ? '100' : told(high)}</span>
      </div>
    </div>
  )
}

function Why(props: { task: TaskModels; prediction: Prediction; format: Format }) {
  const { task, prediction, format } = props
  const unit = unitOf(prediction)
  const decimals = decimalsOf(unit)
  const { base, steps, result } = stepsOf(prediction, unit)
  const chance = prediction.output.unit === 'probability'
  const level = (value: number) =>
    chance ? formatShare(value, 1) : format.exact(value, 'currency', decimals)
  const change = (value: number) => {
    const sign = value > 0 ? '+' : value < 0 ? '\u2212' : ''
    const size = Math.abs(value)
    return chance
      ? `${sign}${(100 * size).toFixed(1)}\u00a0pp`
      : `${sign}${format.exact(size, 'currency', decimals)}`
  }
  const [top] = steps
  return (
    <div className={styles.why}>
      <div className={styles.whyHead}>
        <span>What drives it</span>
        <span className={styles.keys}>
          <i className={styles.raises} /> raises
          <i className={styles.lowers} /> lowers
        </span>
      </div>
      <Waterfall
        title={`From ${level(base)} for an average customer to ${level(result)}${top ? `; ${top.label} matters most with ${change(top.change)}` : ''}`}
        base={{ label: 'Average customer', value: base }}
        steps={steps.map((step) => ({
          label: step.label,
          note: step.feature === null ? '' : valueWords(step.feature, step.value, task, format),
          change: step.change,
        }))}
        result={{
          label: prediction.customer_id === null ? 'With these values' : 'This customer',
          value: result,
        }}
        level={level}
        change={change}
      />
    </div>
  )
}

function valueWords(name: string, value: Value, task: TaskModels, format: Format): string {
  if (value === null) return 'not known'
  if (typeof value !== 'number') return String(value)
  const feature = task.features.find((one) => one.name === name)
  return format.short(value, feature?.unit ?? 'number')
}
