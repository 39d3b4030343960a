// The metric in front as trend and season, the days that stand out, and what may be chance.

import type { Metric, Value } from '@/api/client'
import { LineChart } from '@/charts/line-chart'
import { queryState } from '@/components/card'
import { ChartCard } from '@/components/chart-card'
import { useFormat } from '@/lib/format-context'
import { countOf } from '@/lib/number-format'

import type { AnalysisQuery } from './analyses'
import styles from './analytics.module.css'
import { anomalySentence, seasonSentence } from './seasons'
import { useEmptyState } from './states'

const SHOWN = 4

export function SeasonsCard(props: {
  metric: Metric
  trends: AnalysisQuery<'trends'>
  period: string
}) {
  const { metric, trends, period } = props
  const format = useFormat()
  const data = trends.data?.metric === metric.name ? trends.data : undefined
  const parts = data?.decomposition ?? null
  const state = useEmptyState(
    trends.data && !data ? { kind: 'loading' } : queryState(trends),
    data !== undefined && parts === null && (data.seasonality ?? []).length === 0,
  )
  const points = parts?.points ?? []
  const odd = (data?.anomalies ?? []).slice(0, SHOWN)
  const more = (data?.anomalies ?? []).length - odd.length
  return (
    <ChartCard
      title={`${metric.label}: trend and season`}
      sub={
        parts
          ? `STL, a season of ${countOf(parts.period, parts.grain)} · ${period}`
          : `no value on some days · ${period}`
      }
      span={12}
      height={300}
      state={state}
      table={{
        columns: [
          { name: 'on', label: 'From', type: 'date' },
          ...['value', 'trend', 'season', 'rest'].map((name) => ({
            name,
            label: name,
            type: 'decimal' as const,
            unit: metric.unit,
          })),
        ],
        rows: points.map((point): Value[] => [
          point.on,
          point.value,
          point.trend,
          point.season,
          point.rest,
        ]),
      }}
    >
      {parts && (
        <LineChart
          title={`${metric.label} and its trend`}
          grain={parts.grain}
          starts={points.map((point) => point.on)}
          lines={[
            { name: 'Trend', values: points.map((point) => point.trend) },
            { name: 'Trend and season', values: points.map((point) => point.trend + point.season) },
          ]}
          comparison={{ name: metric.label, values: points.map((point) => point.value) }}
          unit={metric.unit}
        />
      )}
      <ul className={`${styles.notes ?? ''} num`}>
        {(data?.seasonality ?? []).map((test) => (
          <li key={test.season}>{seasonSentence(test)}</li>
        ))}
        {odd.length > 0 && (
          <li>
            Far from trend and season:{' '}
            {odd.map((one) => anomalySentence(one, metric.unit, format)).join('; ')}
            {more > 0 ? `; and ${more} more` : ''}.
          </li>
        )}
      </ul>
    </ChartCard>
  )
}
