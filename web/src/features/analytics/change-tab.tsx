// Why a metric moved between two periods: a sentence, a waterfall that adds up, and the dimensions
// behind it.

import type { Value } from '@/api/client'
import { Waterfall } from '@/charts/waterfall'
import { Card, queryState } from '@/components/card'
import { ChartCard } from '@/components/chart-card'
import { DataTable, type TableColumn } from '@/components/data-table'
import { Grid } from '@/components/grid'
import { useFormat } from '@/lib/format-context'
import { countOf, type Unit } from '@/lib/number-format'

import type { AnalysisQuery, Explained } from './analyses'
import styles from './analytics.module.css'
import { changeNews, changeSteps, periodOf } from './changes'
import { useEmptyState } from './states'

const MOST_DIMENSIONS = 4

export function ChangeTab(props: { explain: AnalysisQuery<'explain'> }) {
  const { explain } = props
  const { data } = explain
  const state = useEmptyState(queryState(explain), false)
  const unit = data ? data.metric.unit : 'number'
  const format = useFormat()
  const steps = data ? changeSteps(data) : null
  return (
    <>
      <Grid>
        <ChartCard
          title={data ? `What changed ${data.metric.label.toLowerCase()}` : 'What changed'}
          sub={data ? `${periodOf(data.after)} against ${periodOf(data.before)}` : ''}
          span={7}
          height={240}
          state={state}
          table={{
            columns: [
              { name: 'label', label: 'Part', type: 'text' },
              { name: 'value', label: 'Change', type: 'decimal', unit },
            ],
            rows: (data?.waterfall ?? []).map((step): Value[] => [step.label, step.value]),
          }}
        >
          {data && steps && (
            <>
              <Waterfall
                title={changeNews(data, format).replaceAll('**', '')}
                base={steps.base}
                steps={steps.steps}
                result={steps.result}
                level={(value) => format.short(value, unit)}
                change={(value) => format.signed(value, unit)}
              />
              {data.notes.map((note) => (
                <p key={note} className={`${styles.note ?? ''} num`}>
                  {note}
                </p>
              ))}
            </>
          )}
        </ChartCard>
        <CustomersCard {...props} unit={unit} />
      </Grid>
      {data && data.dimensions.length > 0 && state.kind === 'shown' && (
        <Grid>
          {data.dimensions.slice(0, MOST_DIMENSIONS).map((dimension) => (
            <DimensionCard key={dimension.name} dimension={dimension} unit={unit} />
          ))}
        </Grid>
      )}
    </>
  )
}

const numbers = (unit: Unit): TableColumn[] => [
  { name: 'before', label: 'Before', type: 'decimal', unit },
  { name: 'after', label: 'After', type: 'decimal', unit },
  { name: 'change', label: 'Change', type: 'decimal', unit },
]

function CustomersCard({ explain, unit }: { explain: AnalysisQuery<'explain'>; unit: Unit }) {
  const { data } = explain
  const state = useEmptyState(queryState(explain), data?.customers.length === 0)
  return (
    <Card title="Who it was" sub="customers of the two periods" span={5} height={240} state={state}>
      <DataTable
        label="The change by customers"
        columns={[
          { name: 'label', label: 'They', type: 'text' },
          { name: 'customers', label: 'Customers', type: 'int' },
          ...numbers(unit),
        ]}
        rows={(data?.customers ?? []).map((part): Value[] => [
          part.label,
          part.customers,
          part.before,
          part.after,
          part.change,
        ])}
        compact
      />
    </Card>
  )
}

function DimensionCard(props: { dimension: Explained['dimensions'][number]; unit: Unit }) {
  const { dimension, unit } = props
  const rows = dimension.values.map((each): Value[] => [
    each.value ?? 'not known',
    each.before,
    each.after,
    each.change,
  ])
  const { others } = dimension
  const rest = dimension.n > rows.length
  return (
    <Card
      title={`By ${dimension.label.toLowerCase()}`}
      sub={`${rest ? `${rows.length} of ` : ''}${countOf(dimension.n, 'value')}, the largest change first`}
      span={6}
    >
      <DataTable
        label={`The change by ${dimension.label.toLowerCase()}`}
        columns={[{ name: 'value', label: dimension.label, type: 'text' }, ...numbers(unit)]}
        rows={rest ? [...rows, ['All others', others.before, others.after, others.change]] : rows}
        maxHeight={300}
        compact
      />
    </Card>
  )
}
