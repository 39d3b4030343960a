import type { Value } from '@/api/client'
import { BarChart } from '@/charts/bar-chart'
import { Heatmap } from '@/charts/heatmap'
import { Card, queryState } from '@/components/card'
import { ChartCard } from '@/components/chart-card'
import { DataTable, type TableColumn } from '@/components/data-table'
import { Grid } from '@/components/grid'
import { countOf, formatShare } from '@/lib/number-format'

import type { AnalysisQuery } from './analyses'
import styles from './analytics.module.css'
import { BasketCard, FunnelCard, LorenzCard, SurvivalCard } from './behaviour-cards'
import { cohortGrid, cohortSentence, groupsOf, paretoSentence, rfmSentence } from './customers'
import { sharesTable } from './shares-table'
import { useEmptyState } from './states'

interface Props {
  cohort: AnalysisQuery<'cohort'>
  rfm: AnalysisQuery<'rfm'>
  pareto: AnalysisQuery<'pareto'>
  basket: AnalysisQuery<'basket'>
  funnel: AnalysisQuery<'funnel'>
  survival: AnalysisQuery<'survival'>
  period: string
}

export function CustomersTab(props: Props) {
  return (
    <Grid>
      <CohortCard {...props} />
      <RfmCard {...props} />
      <ParetoCard {...props} />
      <LorenzCard {...props} />
      <SurvivalCard {...props} />
      <BasketCard {...props} />
      <FunnelCard {...props} />
    </Grid>
  )
}

const COHORT_ROW = 26
const COHORT_HEAD = 56 // The sentence, and the ages above the cells.

function CohortCard({ cohort, period }: Props) {
  const { data } = cohort
  const state = useEmptyState(queryState(cohort), data?.cohorts.length === 0)
  const grid = data ? cohortGrid(data) : { rows: [], columns: [], cells: [], left: 0 }
  const open = data && !data.last_complete ? ` · the last ${data.grain} is not over` : ''
  const cut =
    grid.left > 0 ? ` · the latest ${grid.rows.length} of ${grid.rows.length + grid.left}` : ''
  return (
    <ChartCard
      title="Who comes back"
      sub={`share of customers active so many ${data?.grain ?? 'month'}s after the first purchase · n = ${countOf(data?.n ?? 0, 'customer')}${cut}${open} · ${period}`}
      span={12}
      height={data ? COHORT_ROW * grid.rows.length + COHORT_HEAD : 320}
      state={state}
      table={{
        columns: [
          { name: 'cohort', label: 'First purchase', type: 'text' },
          { name: 'customers', label: 'Customers', type: 'int' },
          ...grid.columns.map((age) => ({
            name: `age${age}`,
            label: age,
            type: 'number' as const,
            unit: 'percent' as const,
          })),
        ],
        rows: grid.rows.map((label, row): Value[] => {
          const cells = grid.cells.filter((cell) => cell.row === row)
          return [label, cells[0]?.n ?? 0, ...cells.map((cell) => cell.value)]
        }),
      }}
    >
      {data && (
        <>
          <p className={`${styles.told ?? ''} num`}>{cohortSentence(data)}</p>
          <Heatmap
            title={cohortSentence(data)}
            rows={grid.rows}
            columns={grid.columns}
            cells={grid.cells}
            unit="percent"
            name="Came back"
            rowHeight={COHORT_ROW}
          />
        </>
      )}
    </ChartCard>
  )
}

const GROUPS: TableColumn[] = [
  { name: 'label', label: 'Group', type: 'text' },
  { name: 'customers', label: 'Customers', type: 'int' },
  { name: 'share', label: 'Share', type: 'number', unit: 'percent' },
  { name: 'amount_share', label: 'Share of amount', type: 'number', unit: 'percent' },
  { name: 'recency', label: 'Days since last', type: 'number' },
  { name: 'orders', label: 'Orders', type: 'number' },
  { name: 'meaning', label: 'They', type: 'text' },
]

function RfmCard({ rfm, period }: Props) {
  const { data } = rfm
  const state = useEmptyState(queryState(rfm), data?.n === 0)
  const groups = data ? groupsOf(data) : []
  return (
    <Card
      title="Who is who"
      sub={`recency, frequency, money · n = ${countOf(data?.n ?? 0, 'customer')} · ${period}`}
      span={8}
      height={340}
      state={state}
    >
      {data && <p className={`${styles.told ?? ''} num`}>{rfmSentence(data)}</p>}
      <DataTable
        label="Groups of customers"
        columns={GROUPS}
        rows={groups.map((group): Value[] => [
          group.label,
          group.customers,
          group.share,
          group.amount_share,
          group.median_recency_days,
          group.median_orders,
          group.meaning,
        ])}
        compact
      />
    </Card>
  )
}

function ParetoCard({ pareto, period }: Props) {
  const { data } = pareto
  const state = useEmptyState(queryState(pareto), data?.n === 0)
  const top = data?.top ?? []
  const label = (holders: number) => `Top ${formatShare(holders, 0)}`
  return (
    <ChartCard
      title="Who brings how much"
      sub={`share of the largest customers · n = ${countOf(data?.n ?? 0, 'customer')} · ${period}`}
      span={4}
      height={340}
      state={state}
      table={sharesTable(
        'Largest customers',
        top.map((one) => [one.holders, one.share]),
      )}
    >
      {data && (
        <>
          <p className={`${styles.told ?? ''} num`}>{paretoSentence(data)}</p>
          <BarChart
            title={paretoSentence(data)}
            bars={top.map((one) => ({
              label: label(one.holders),
              value: one.share,
              mark: formatShare(one.share, 0),
            }))}
            unit="percent"
            name={`Share of ${data.metric.label.toLowerCase()}`}
            horizontal
          />
        </>
      )}
    </ChartCard>
  )
}
