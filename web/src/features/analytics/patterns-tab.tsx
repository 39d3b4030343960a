import type { Value } from '@/api/client'
import { filterValue, valueLabel } from '@/api/query'
import { RingChart } from '@/charts/ring-chart'
import { seriesVar } from '@/charts/tokens'
import { Card, queryState, type CardState } from '@/components/card'
import { ChartCard } from '@/components/chart-card'
import type { TableColumn } from '@/components/data-table'
import { Grid, type Span } from '@/components/grid'
import { useViewActions, type View } from '@/components/view'
import { cx } from '@/lib/class-names'
import { useFormat } from '@/lib/format-context'
import { countOf, formatCount, formatShare } from '@/lib/number-format'

import type { AnalysisQuery } from './analyses'
import { isRing, patternNote, patternSentence, slicesOf, titleOf, type Pattern } from './patterns'
import styles from './patterns-tab.module.css'
import { useEmptyState } from './states'

const SHOWN = 10

export function PatternsTab(props: {
  view: View
  patterns: AnalysisQuery<'patterns'>
  period: string
}) {
  const { view, patterns, period } = props
  const dimensions = patterns.data?.dimensions ?? []
  const sold = dimensions.some((pattern) => pattern.values.length > 0)
  const state = useEmptyState(queryState(patterns), patterns.data !== undefined && !sold)
  if (state.kind !== 'shown' || dimensions.length === 0) {
    return (
      <Grid>
        <Card title="What sells where" span={12} height={280} state={state} />
      </Grid>
    )
  }
  return (
    <Grid>
      {dimensions.map((pattern, index) => (
        <PatternCard
          key={pattern.name}
          pattern={pattern}
          view={view}
          period={period}
          state={state}
          // An odd one at the end takes the whole line.
          span={index === dimensions.length - 1 && index % 2 === 0 ? 12 : 6}
        />
      ))}
    </Grid>
  )
}

const COLUMNS: TableColumn[] = [
  { name: 'orders', label: 'Orders', type: 'int' },
  { name: 'revenue', label: 'Revenue', type: 'decimal', unit: 'currency' },
  { name: 'share', label: 'Share', type: 'number', unit: 'percent' },
  { name: 'aov', label: 'Average order value', type: 'decimal', unit: 'currency' },
]

function PatternCard(props: {
  pattern: Pattern
  view: View
  period: string
  state: CardState
  span: Span
}) {
  const { pattern, view, period, state, span } = props
  const format = useFormat()
  const { toggleFilter } = useViewActions()
  const { values } = pattern
  const ring = isRing(values)
  const total = values.reduce((sum, value) => sum + value.revenue, 0)
  const slices = slicesOf(values)
  const filter = view.filters.find((one) => one.field === pattern.name)
  const sentence = patternSentence(pattern, format)
  const note = patternNote(pattern)
  return (
    <ChartCard
      title={titleOf(pattern)}
      sub={`n = ${countOf(pattern.n, 'order')} · ${period}`}
      span={span}
      height={220}
      state={state}
      table={{
        columns: [{ name: 'value', label: pattern.label, type: 'text' }, ...COLUMNS],
        rows: values.map((value): Value[] => [
          valueLabel(value.value),
          value.orders,
          value.revenue,
          value.share,
          value.average_order_value,
        ]),
      }}
    >
      <p className={`${styles.sentence ?? ''} num`}>{sentence}</p>
      <div className={cx(styles.body, ring && styles.withRing)}>
        {ring && (
          <RingChart
            title={sentence}
            slices={slices}
            unit="currency"
            name="Revenue"
            total={format.short(total, 'currency')}
            note="revenue"
            legend={false}
            onSelect={(index) => {
              const slice = slices[index]
              if (slice?.filter !== undefined) toggleFilter(pattern.name, slice.filter)
            }}
          />
        )}
        <PatternTable
          pattern={pattern}
          colored={ring}
          faded={(key) => filter !== undefined && filter.values.includes(key) === filter.exclude}
          onSelect={(key, exclude) => {
            toggleFilter(pattern.name, key, exclude)
          }}
        />
      </div>
      {note !== null && <p className={`${styles.note ?? ''} num`}>{note}</p>}
      {values.length > SHOWN && (
        <p className={`${styles.foot ?? ''} num`}>
          {SHOWN} of {formatCount(values.length)}; the table (v) has all
        </p>
      )}
      <p className={styles.dropped}>Average order value is in the table (v)</p>
    </ChartCard>
  )
}

function PatternTable(props: {
  pattern: Pattern
  colored: boolean
  faded: (key: string | null) => boolean
  onSelect: (key: string | null, exclude: boolean) => void
}) {
  const { pattern, colored, faded, onSelect } = props
  const format = useFormat()
  const values = pattern.values.slice(0, SHOWN)
  const largest = Math.max(0, ...values.map((value) => value.revenue)) || 1
  return (
    <table className={cx(styles.table, 'num')}>
      <thead>
        <tr>
          <th scope="col">{pattern.label}</th>
          <th scope="col">Orders</th>
          <th scope="col">Revenue</th>
          <th scope="col">Share</th>
          <th scope="col" className={styles.last} title="Average order value">
            Per order
          </th>
        </tr>
      </thead>
      <tbody>
        {values.map((value, index) => {
          const key = filterValue(value.value)
          const color = colored ? seriesVar(index) : undefined
          return (
            <tr
              key={key ?? '(null)'}
              className={cx(faded(key) && styles.faded)}
              onClick={(event) => {
                onSelect(key, event.ctrlKey || event.metaKey)
              }}
            >
              <td>
                <div className={styles.box}>
                  <i
                    style={{
                      width: `${(100 * Math.max(0, value.revenue)) / largest}%`,
                      background: color,
                    }}
                  />
                  {color !== undefined && <em style={{ background: color }} />}
                  <button type="button" title={valueLabel(value.value)}>
                    {valueLabel(value.value)}
                  </button>
                </div>
              </td>
              <td>{formatCount(value.orders)}</td>
              <td className={styles.strong} title={format.exact(value.revenue, 'currency')}>
                {format.short(value.revenue, 'currency')}
              </td>
              <td className="t3">{formatShare(value.share)}</td>
              <td className={styles.last}>{format.short(value.average_order_value, 'currency')}</td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}
