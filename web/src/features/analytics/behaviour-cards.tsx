// How unequal customers are, what is bought together, how far visits get, how long customers stay.

import type { Value } from '@/api/client'
import { BarChart } from '@/charts/bar-chart'
import { CurveChart } from '@/charts/curve-chart'
import { Card, queryState } from '@/components/card'
import { ChartCard } from '@/components/chart-card'
import { DataTable, type TableColumn } from '@/components/data-table'
import { countOf, formatCount, formatShare } from '@/lib/number-format'

import type { AnalysisQuery } from './analyses'
import styles from './analytics.module.css'
import {
  basketSentence,
  funnelSentence,
  lorenzPoints,
  lorenzSentence,
  survivalPoints,
  survivalSentence,
} from './behaviour'
import { sharesTable } from './shares-table'
import { useEmptyState } from './states'

const Told = ({ text }: { text: string }) => <p className={`${styles.told ?? ''} num`}>{text}</p>

export function LorenzCard(props: { pareto: AnalysisQuery<'pareto'>; period: string }) {
  const { pareto, period } = props
  const { data } = pareto
  const state = useEmptyState(queryState(pareto), data?.n === 0)
  const points = data ? lorenzPoints(data) : []
  return (
    <ChartCard
      title="How unequal they are"
      sub={`Lorenz curve · n = ${countOf(data?.n ?? 0, 'customer')} · ${period}`}
      span={6}
      height={270}
      state={state}
      table={sharesTable(
        'Customers, smallest first',
        points.map((point) => [point.x, point.share]),
      )}
    >
      {data && (
        <>
          <Told text={lorenzSentence(data)} />
          <CurveChart
            title={lorenzSentence(data)}
            curves={[{ name: data.metric.label, points }]}
            even
            most={1}
            x={(value) => formatShare(value, 0)}
          />
        </>
      )}
    </ChartCard>
  )
}

export function SurvivalCard(props: { survival: AnalysisQuery<'survival'>; period: string }) {
  const { survival, period } = props
  const { data } = survival
  const state = useEmptyState(queryState(survival), data?.n === 0)
  const most = Math.max(0, ...(data?.curves ?? []).flatMap(({ points }) => points.at(-1)?.day ?? 0))
  return (
    <ChartCard
      title="How long they stay"
      sub={`share of customers still there, with its 95 % interval · n = ${countOf(data?.n ?? 0, 'customer')} · ${period}`}
      span={6}
      height={270}
      state={state}
      table={{
        columns: [
          { name: 'group', label: 'Group', type: 'text' },
          { name: 'day', label: 'Days', type: 'number' },
          { name: 'at_risk', label: 'Watched', type: 'int' },
          { name: 'events', label: 'Lost', type: 'int' },
          { name: 'survival', label: 'Still there', type: 'number', unit: 'percent' },
        ],
        rows: (data?.curves ?? []).flatMap(({ group, points }) =>
          points.map((point): Value[] => [
            group,
            point.day,
            point.at_risk,
            point.events,
            point.survival,
          ]),
        ),
      }}
    >
      {data && (
        <>
          <Told text={survivalSentence(data)} />
          <CurveChart
            title={survivalSentence(data)}
            curves={data.curves.map((curve) => ({
              name: curve.group,
              points: survivalPoints(curve.points),
            }))}
            steps
            most={most}
            x={(value) => (value === 0 ? '0 days' : formatCount(value))}
          />
        </>
      )}
    </ChartCard>
  )
}

const RULES: TableColumn[] = [
  { name: 'left', label: 'Who buys', type: 'text' },
  { name: 'right', label: 'also buys', type: 'text' },
  { name: 'confidence', label: 'How often', type: 'number', unit: 'percent' },
  { name: 'lift', label: 'Times chance', type: 'number', unit: 'number' },
  { name: 'baskets', label: 'Orders', type: 'int' },
  { name: 'support', label: 'Of all', type: 'number', unit: 'percent' },
]

export function BasketCard(props: { basket: AnalysisQuery<'basket'>; period: string }) {
  const { basket, period } = props
  const { data } = basket
  const state = useEmptyState(queryState(basket), data?.n === 0)
  const rules = data?.rules ?? []
  const cut = data && rules.length < data.rules_found ? ` of ${formatCount(data.rules_found)}` : ''
  return (
    <Card
      title="What is bought together"
      sub={`${countOf(rules.length, 'rule')}${cut} · n = ${countOf(data?.n ?? 0, 'order')} · ${period}`}
      span={7}
      height={210}
      state={state}
    >
      {data && <Told text={basketSentence(data)} />}
      {rules.length > 0 && (
        <DataTable
          label="Rules of what is bought together"
          columns={RULES}
          rows={rules.map((rule): Value[] => [
            rule.left.join(' and '),
            rule.right,
            rule.confidence,
            rule.lift,
            rule.baskets,
            rule.support,
          ])}
          maxHeight={320}
          compact
        />
      )}
    </Card>
  )
}

export function FunnelCard(props: { funnel: AnalysisQuery<'funnel'>; period: string }) {
  const { funnel, period } = props
  const { data } = funnel
  const steps = data?.steps ?? []
  const state = useEmptyState(
    queryState(funnel),
    data !== undefined && (steps[0]?.count ?? 0) === 0,
  )
  return (
    <ChartCard
      title="How far visits get"
      sub={`${data?.unit ?? 'sessions'} that reach each step within ${data?.window_days ?? 30} days · n = ${formatCount(steps[0]?.count ?? 0)} · ${period}`}
      span={5}
      height={210}
      state={state}
      table={{
        columns: [
          { name: 'label', label: 'Step', type: 'text' },
          { name: 'count', label: 'Reach it', type: 'int' },
          { name: 'of_first', label: 'Of the first', type: 'number', unit: 'percent' },
          { name: 'of_before', label: 'Of the step before', type: 'number', unit: 'percent' },
        ],
        rows: steps.map((step): Value[] => [
          step.label,
          step.count,
          step.of_first,
          step.of_before ?? null,
        ]),
      }}
    >
      {data && (
        <>
          <Told text={funnelSentence(data)} />
          <BarChart
            title={funnelSentence(data)}
            bars={steps.map((step) => ({
              label: step.label,
              value: step.count,
              n: step.count,
              mark: `${formatCount(step.count)} · ${formatShare(step.of_first)}`,
            }))}
            unit="count"
            name="Reach it"
            noun={data.unit.slice(0, -1)}
            horizontal
          />
        </>
      )}
    </ChartCard>
  )
}
