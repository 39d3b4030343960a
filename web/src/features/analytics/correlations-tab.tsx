import type { Value, Workspace } from '@/api/client'
import { usePageQueries } from '@/api/page-queries'
import { Heatmap } from '@/charts/heatmap'
import { ScatterChart } from '@/charts/scatter-chart'
import { Card, cardState, queryState, type CardState } from '@/components/card'
import { ChartCard } from '@/components/chart-card'
import { DataTable } from '@/components/data-table'
import { Grid } from '@/components/grid'
import type { View } from '@/components/view'
import { addDays, formatDay } from '@/lib/dates'
import { countOf, formatCount } from '@/lib/number-format'

import type { AnalysisQuery, Correlations } from './analyses'
import styles from './analytics.module.css'
import { told } from './news'
import {
  chosenPair,
  pairKey,
  pairPlan,
  pointsOf,
  strengthOf,
  strongestFirst,
  type PairPlan,
  type PairRow,
} from './pairs'
import { useEmptyState } from './states'
import { useChoice } from './use-choice'
import { usePhone } from './use-phone'

const NONE: Correlations = { entity: 'customer', columns: [], n: 0, matrix: [], strong: [] }

export function CorrelationsTab(props: {
  workspace: Workspace
  view: View
  correlations: AnalysisQuery<'correlations'>
  pair: string | undefined
}) {
  const { workspace, view, correlations } = props
  const choose = useChoice()
  const found = correlations.data ?? NONE
  const state = useEmptyState(queryState(correlations), correlations.data?.columns.length === 0)
  const pair = chosenPair(found, props.pair)
  const plan = pair && pairPlan(pair, found, workspace, view)
  const onChoose = (a: string, b: string) => {
    choose({ pair: pairKey({ a, b }) })
  }
  const common = { found, state, pair, onChoose, view }
  return (
    <>
      <Grid>
        <MatrixCard {...common} />
        <StrongCard {...common} drawn={plan !== null} />
      </Grid>
      {pair && plan && state.kind === 'shown' && (
        <Grid>
          <ScatterCard pair={pair} plan={plan} view={view} entity={found.entity} />
        </Grid>
      )}
    </>
  )
}

interface Props {
  found: Correlations
  state: CardState
  pair: PairRow | null
  view: View
  onChoose: (a: string, b: string) => void
}

const asOf = (view: View) => `as of ${formatDay(addDays(view.range.to, -1))}`

function MatrixCard({ found, state, view, onChoose }: Props) {
  const phone = usePhone()
  const labels = found.columns.map((column) => column.label)
  const cells = found.matrix.flatMap((line, row) =>
    line.map((value, column) => ({ row, column, value })),
  )
  return (
    <ChartCard
      title={`What moves together, per ${found.entity}`}
      sub={`Pearson r · n = ${countOf(found.n, found.entity)} · ${asOf(view)}`}
      span={7}
      height={300}
      state={state}
      table={{
        columns: [
          { name: 'row', label: 'Number', type: 'text' },
          ...found.columns.map((column) => ({
            name: column.name,
            label: column.label,
            type: 'number' as const,
            render: (value: Value) => (typeof value === 'number' ? told(value) : '–'),
          })),
        ],
        rows: found.matrix.map((line, row): Value[] => [labels[row] ?? '', ...line]),
      }}
    >
      <Heatmap
        title={`Correlations between ${countOf(labels.length, 'number')} of a ${found.entity}`}
        rows={labels}
        columns={labels}
        cells={cells}
        unit="number"
        name="Pearson r"
        diverging
        rowHeight={38}
        narrow={phone}
        onSelect={(index) => {
          const cell = cells[index]
          const [a, b] = [found.columns[cell?.row ?? 0], found.columns[cell?.column ?? 0]]
          if (a && b && a !== b) onChoose(a.name, b.name)
        }}
      />
      <div className={`${styles.scale ?? ''} num`} aria-hidden="true">
        <span>−1 against each other</span>
        <i />
        <i />
        <i />
        <i />
        <i />
        <i />
        <i />
        <span>+1 together</span>
      </div>
    </ChartCard>
  )
}

function StrongCard({ found, state, pair, drawn, onChoose }: Props & { drawn: boolean }) {
  const phone = usePhone()
  const label = (name: string) =>
    found.columns.find((column) => column.name === name)?.label ?? name
  const strong = strongestFirst(found.strong)
  const listed = pair && !strong.some((one) => pairKey(one) === pairKey(pair)) ? [pair] : []
  const rows = [...listed, ...strong]
  return (
    <Card
      title="Strong pairs"
      sub={`${countOf(strong.length, 'pair')} beyond ±0.5, strongest first`}
      span={5}
      height={phone ? 80 : 300}
      state={state}
    >
      {rows.length === 0 ? (
        <p className={styles.caption}>
          No two numbers are beyond ±0.5 of each other. A cell of the matrix can still be clicked.
        </p>
      ) : (
        <DataTable
          label="Strong pairs"
          columns={[
            {
              name: 'pair',
              label: 'Pair',
              type: 'text',
              render: (value) => (
                <button type="button" className={styles.pick}>
                  {String(value)}
                </button>
              ),
            },
            {
              name: 'r',
              label: 'r',
              type: 'number',
              render: (value) => (typeof value === 'number' ? told(value) : '–'),
            },
            { name: 'n', label: 'n', type: 'int' },
            ...(phone ? [] : [{ name: 'strength', label: 'Strength', type: 'text' as const }]),
          ]}
          rows={rows.map((one): Value[] => [
            `${label(one.a)} × ${label(one.b).toLowerCase()}`,
            one.r,
            one.n,
            strengthOf(one.r),
          ])}
          selected={pair ? rows.findIndex((one) => pairKey(one) === pairKey(pair)) : undefined}
          onSelect={(index) => {
            const one = rows[index]
            if (one) onChoose(one.a, one.b)
          }}
          maxHeight={250}
          compact
        />
      )}
      <p className={styles.caption}>
        That two numbers move together does not say that one makes the other.
        {pair && !drawn && ' The model cannot list this pair by customer, so it is not drawn.'}
      </p>
    </Card>
  )
}

function ScatterCard(props: { pair: PairRow; plan: PairPlan; view: View; entity: string }) {
  const { pair, plan, view, entity } = props
  const { answers } = usePageQueries('analytics-pair', { pair: plan.query })
  const card = answers.pair
  const answer = card.state === 'shown' ? card.answer : null
  // Old values of another pair have other columns, and so no points.
  const points = answer ? pointsOf(answer, plan) : []
  const whole = answer ? answer.num_rows <= answer.rows.length : true
  const state = useEmptyState(
    card.state === 'shown' && card.stale ? { kind: 'loading' } : cardState(card),
    answer !== null && points.length === 0,
  )
  return (
    <ChartCard
      title={`${plan.b.label} against ${plan.a.label.toLowerCase()}`}
      sub={[
        `r = ${told(pair.r)}, n = ${formatCount(pair.n)}`,
        whole
          ? `${countOf(points.length, entity)} with both numbers drawn`
          : `the first ${formatCount(points.length)} of ${countOf(answer?.num_rows ?? 0, entity)} drawn`,
        asOf(view),
      ].join(' · ')}
      span={12}
      height={320}
      state={state}
      query={plan.query}
      table={{
        columns: [
          { name: 'label', label: 'Customer', type: 'text' },
          { name: 'x', label: plan.a.label, type: 'decimal', unit: plan.a.unit },
          { name: 'y', label: plan.b.label, type: 'decimal', unit: plan.b.unit },
        ],
        rows: points.slice(0, 500).map((point): Value[] => [point.label, point.x, point.y]),
      }}
    >
      <ScatterChart
        title={`${plan.b.label} against ${plan.a.label.toLowerCase()}: r = ${told(pair.r)}, ${strengthOf(pair.r)}.`}
        points={points}
        x={{ label: plan.a.label, unit: plan.a.unit }}
        y={{ label: plan.b.label, unit: plan.b.unit }}
        height={320}
      />
    </ChartCard>
  )
}
