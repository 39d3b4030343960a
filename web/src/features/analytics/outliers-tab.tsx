import type { OutlierColumn, Value } from '@/api/client'
import { BoxPlot } from '@/charts/box-plot'
import { Histogram } from '@/charts/histogram'
import { Card, queryState, type CardState } from '@/components/card'
import { ChartCard } from '@/components/chart-card'
import { DataTable, type TableColumn } from '@/components/data-table'
import { Grid } from '@/components/grid'
import { useFormat } from '@/lib/format-context'
import { countOf, formatCount, formatShare, MISSING } from '@/lib/number-format'

import type { AnalysisQuery } from './analyses'
import styles from './analytics.module.css'
import { MissingCard } from './missing-card'
import { columnKey, outsideShare, rulesOf, unitOf, words, worstColumn } from './outliers'
import { useEmptyState } from './states'
import { useChoice } from './use-choice'
import { usePhone } from './use-phone'

export function OutliersTab(props: {
  outliers: AnalysisQuery<'outliers'>
  missing: AnalysisQuery<'missing'>
  col: string | undefined
  period: string
}) {
  const { outliers, missing, col, period } = props
  const columns = outliers.data?.columns ?? []
  const state = useEmptyState(queryState(outliers), outliers.data?.columns.length === 0)
  const chosen = columns.find((column) => columnKey(column) === col) ?? worstColumn(columns)
  return (
    <>
      <Grid>
        <ColumnsCard columns={columns} chosen={chosen} state={state} period={period} />
        <DistributionCard column={chosen} state={state} />
      </Grid>
      {state.kind === 'shown' && chosen && (
        <Grid>
          <RulesCard column={chosen} state={state} />
          <WinsorizedCard column={chosen} state={state} />
        </Grid>
      )}
      <Grid>
        <MissingCard missing={missing} period={period} />
      </Grid>
    </>
  )
}

function ColumnsCard(props: {
  columns: readonly OutlierColumn[]
  chosen: OutlierColumn | null
  state: CardState
  period: string
}) {
  const { columns, chosen, state, period } = props
  const choose = useChoice()
  const phone = usePhone()
  return (
    <Card
      title="Columns of numbers"
      sub={`${countOf(columns.length, 'column')} · ${period}`}
      span={5}
      height={phone ? 80 : 340}
      state={state}
    >
      <DataTable
        label="Columns of numbers and how many values lie outside the quartile rule"
        columns={[
          {
            name: 'column',
            label: 'Column',
            type: 'text',
            render: (value, row) => (
              <button type="button" className={styles.pick} aria-pressed={row[5] === true}>
                {String(value)} <span className="t3">{words(String(row[4]))}</span>
              </button>
            ),
          },
          {
            name: 'outside',
            label: 'Outside',
            type: 'number',
            render: (value) => formatShare(typeof value === 'number' ? value : null),
          },
          { name: 'n', label: 'n', type: 'int' },
          // Dropped on phones: the card of the chosen column names it.
          ...(phone ? [] : [{ name: 'missing', label: 'Missing', type: 'int' as const }]),
        ]}
        rows={columns.map((column): Value[] => [
          column.label,
          outsideShare(column),
          column.n,
          column.missing,
          column.table,
          column === chosen,
        ])}
        selected={chosen ? columns.indexOf(chosen) : undefined}
        onSelect={(index) => {
          const column = columns[index]
          if (column) choose({ col: columnKey(column) })
        }}
        maxHeight={340}
        compact
      />
    </Card>
  )
}

function DistributionCard({ column, state }: { column: OutlierColumn | null; state: CardState }) {
  const format = useFormat()
  const unit = column ? unitOf(column) : 'number'
  const { box, histogram } = column ?? { box: null, histogram: null }
  const sub = column
    ? [
        `n = ${formatCount(column.n)}`,
        `${formatCount(column.missing)} missing`,
        `mean ${format.short(column.mean, unit)}`,
        `sd ${format.short(column.sd, unit)}`,
      ].join(' · ')
    : ''
  const shown: CardState =
    state.kind === 'shown' && column && !box && !histogram
      ? { kind: 'empty', title: 'Nothing to draw', detail: 'This column has no values.' }
      : state
  return (
    <ChartCard
      title={column ? `${column.label} of ${words(column.table)}` : 'Distribution'}
      sub={sub}
      span={7}
      height={340}
      state={shown}
      table={{
        columns: [
          { name: 'from', label: 'From', type: 'decimal', unit },
          { name: 'to', label: 'To', type: 'decimal', unit },
          { name: 'count', label: 'Values', type: 'int' },
        ],
        rows: (histogram?.counts ?? []).map((count, index): Value[] => [
          histogram?.edges[index] ?? null,
          histogram?.edges[index + 1] ?? null,
          count,
        ]),
      }}
    >
      {column && box && (
        <BoxPlot
          title={`Half of the values lie between ${format.short(box.q1, unit)} and ${format.short(box.q3, unit)}; the median is ${format.short(box.median, unit)}.`}
          boxes={[
            {
              label: '',
              n: column.n,
              lowWhisker: box.low_whisker,
              q1: box.q1,
              median: box.median,
              q3: box.q3,
              highWhisker: box.high_whisker,
              outliers: column.extreme,
            },
          ]}
          unit={unit}
          horizontal
          height={104}
        />
      )}
      {column && histogram && (
        <Histogram
          title={`${formatCount(column.n)} values of ${column.label.toLowerCase()} in ${countOf(histogram.counts.length, 'bin')}`}
          edges={histogram.edges}
          counts={histogram.counts}
          unit={unit}
          noun="value"
          height={206}
        />
      )}
      {column && box && (
        <p className={`${styles.caption ?? ''} num`}>
          Median {format.short(box.median, unit)}, half of the values between{' '}
          {format.short(box.q1, unit)} and {format.short(box.q3, unit)}. {drawnWords(column)}
        </p>
      )}
    </ChartCard>
  )
}

/** Only the farthest are handed out, so the drawing must say that it is not all. */
export function drawnWords({ extreme, iqr }: Pick<OutlierColumn, 'extreme' | 'iqr'>): string {
  if (extreme.length === 0) return 'No value lies outside the whiskers.'
  const all = Math.max(iqr?.count ?? 0, extreme.length)
  if (all === 1) return 'One value lies outside the whiskers: the dot.'
  return all > extreme.length
    ? `Dots: the ${formatCount(extreme.length)} farthest of ${formatCount(all)} outside.`
    : `Dots: all ${formatCount(all)} outside.`
}

const WIDE_RULE: TableColumn[] = [
  {
    name: 'share',
    label: 'Share',
    type: 'number',
    render: (value) => formatShare(typeof value === 'number' ? value : null, 2),
  },
  { name: 'means', label: 'Outside is', type: 'text' },
]

function RulesCard({ column, state }: { column: OutlierColumn; state: CardState }) {
  const unit = unitOf(column)
  const format = useFormat()
  const phone = usePhone()
  const told = (value: Value) => format.short(typeof value === 'number' ? value : null, unit)
  return (
    <Card
      title="Three rules"
      sub={`what counts as far out, for ${column.label.toLowerCase()} · n = ${formatCount(column.n)}`}
      span={7}
      height={124}
      state={state}
    >
      <DataTable
        label="Bounds and counts of the three rules"
        columns={[
          { name: 'rule', label: 'Rule', type: 'text' },
          { name: 'lower', label: phone ? 'Lower' : 'Lower bound', type: 'decimal', render: told },
          { name: 'upper', label: phone ? 'Upper' : 'Upper bound', type: 'decimal', render: told },
          { name: 'count', label: 'Outside', type: 'int' },
          ...(phone ? [] : WIDE_RULE),
        ]}
        rows={rulesOf(column).map((rule): Value[] => [
          rule.name,
          rule.lower,
          rule.upper,
          rule.count,
          rule.share,
          rule.means,
        ])}
      />
      {phone && <p className={styles.caption}>A wider screen also shows what each rule means.</p>}
    </Card>
  )
}

function WinsorizedCard({ column, state }: { column: OutlierColumn; state: CardState }) {
  const unit = unitOf(column)
  const format = useFormat()
  const { winsorized } = column
  const told = (value: Value) => format.short(typeof value === 'number' ? value : null, unit)
  const change = (now: number | null | undefined, before: number | null) =>
    now === null || now === undefined || before === null || before === 0
      ? MISSING
      : `${now > before ? '+' : ''}${formatShare((now - before) / before)}`
  return (
    <Card
      title="With the ends pulled in"
      sub={
        winsorized
          ? `winsorized: beyond the 5th and 95th percentile, moved onto ${format.short(winsorized.lower, unit)} and ${format.short(winsorized.upper, unit)}`
          : 'winsorized'
      }
      span={5}
      height={124}
      state={
        state.kind === 'shown' && !winsorized
          ? { kind: 'empty', title: 'Nothing to pull in', detail: 'This column has no values.' }
          : state
      }
    >
      <DataTable
        label="Mean and standard deviation before and after"
        columns={[
          { name: 'what', label: 'Statistic', type: 'text' },
          { name: 'raw', label: 'As it is', type: 'decimal', unit, render: told },
          { name: 'winsorized', label: 'Winsorized', type: 'decimal', unit, render: told },
          {
            name: 'change',
            label: 'Change',
            type: 'number',
            render: (value) => String(value),
          },
        ]}
        rows={[
          ['Mean', column.mean, winsorized?.mean ?? null, change(winsorized?.mean, column.mean)],
          [
            'Standard deviation',
            column.sd,
            winsorized?.sd ?? null,
            change(winsorized?.sd, column.sd),
          ],
        ]}
      />
    </Card>
  )
}
