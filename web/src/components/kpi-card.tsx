import { IconInfoCircle } from '@tabler/icons-react'
import { Link, type LinkProps } from '@tanstack/react-router'

import type { Metric } from '@/api/client'
import { Sparkline } from '@/charts/sparkline'
import { cx } from '@/lib/class-names'
import { useFormat } from '@/lib/format-context'

import { CardBody, Skeleton, type CardState } from './card'
import cardStyles from './card.module.css'
import { DeltaLine } from './delta'
import { spanClass, type Span } from './grid'
import styles from './kpi-card.module.css'

export interface KpiCardProps {
  metric: Pick<Metric, 'label' | 'description' | 'unit' | 'good'>
  state: CardState
  value: number | null
  before?: number | null // null or absent: no delta, rather than a delta from nothing.
  normal?: boolean // The change is within normal variation.
  words?: string // vs previous
  note?: string | undefined // Stands in the place of a delta when there is none.
  series?: readonly (number | null)[]
  comparison?: readonly (number | null)[] | undefined
  incomplete?: boolean
  span?: Span
  link?: LinkProps
}

export function KpiCard(props: KpiCardProps) {
  const { metric, state, span = 3, link } = props
  const className = cx(
    cardStyles.card,
    styles.kpi,
    spanClass(span, true),
    state.kind === 'shown' && state.stale === true && cardStyles.again,
  )
  const inside = (
    <>
      <div className={styles.label}>
        {metric.label}
        <span title={metric.description} className={styles.info}>
          <IconInfoCircle size={13} stroke={1.5} aria-hidden="true" />
          <span className="visually-hidden">{metric.description}</span>
        </span>
      </div>
      {state.kind === 'loading' ? (
        <Skeleton kpi />
      ) : state.kind === 'shown' ? (
        <KpiBody {...props} />
      ) : (
        <div className={styles.message}>
          <CardBody state={state}>{null}</CardBody>
        </div>
      )}
    </>
  )
  if (!link || state.kind !== 'shown') return <section className={className}>{inside}</section>
  return (
    <Link {...link} className={cx(className, styles.link)}>
      {inside}
    </Link>
  )
}

function KpiBody(props: KpiCardProps) {
  const {
    metric,
    value,
    before = null,
    normal = false,
    words,
    series = [],
    comparison,
    incomplete = false,
  } = props
  const format = useFormat()
  if (value === null) {
    return <div className={cx(styles.value, styles.none)}>Nothing in this period</div>
  }
  const parts = format.parts(value, metric.unit)
  const delta = format.delta(value, before, metric.unit, metric.good)
  const said = normal
    ? 'within normal variation'
    : metric.good === 'down'
      ? 'lower is better'
      : words
  return (
    <>
      <div className={cx(styles.value, 'num')} title={format.exact(value, metric.unit)}>
        {parts.prefix}
        {parts.number}
        {parts.suffix !== '' && (
          <small>{parts.suffix.length > 1 ? `\u00a0${parts.suffix}` : parts.suffix}</small>
        )}
      </div>
      {delta ? (
        <DeltaLine delta={delta} normal={normal} {...(said === undefined ? {} : { words: said })} />
      ) : (
        <div className={styles.noDelta}>{props.note}</div>
      )}
      <div className={styles.spark}>
        {series.length > 1 && (
          <Sparkline values={series} comparison={comparison} incomplete={incomplete} />
        )}
      </div>
    </>
  )
}
