import type { Quality, Value } from '@/api/client'
import { LineChart } from '@/charts/line-chart'
import { ChartCard } from '@/components/chart-card'

import { idOf } from './accounting'
import { isAlarm, sourcesOf, trendWords } from './history'
import styles from './quality.module.css'
import { Choice } from './choice'

const MOST = 60

export function TrendCard(props: {
  quality: Quality
  source: string | null
  onSource: (source: string) => void
}) {
  const { quality, source, onSource } = props
  const all = quality.trend.filter((point) => point.source_id === source)
  const points = all.slice(-MOST)
  const scores = points.map((point) => point.score)
  const known = scores.filter((score) => score !== null)
  const marks = points.flatMap((point, index) => (isAlarm(point) ? [index] : []))
  const words = trendWords(points)
  return (
    <ChartCard
      title="Score by load"
      sub={
        points.length < all.length
          ? `the last ${points.length} of ${all.length} loads · band: what is usual`
          : `${points.length} ${points.length === 1 ? 'load' : 'loads'} · band: what is usual`
      }
      span={4}
      height={228}
      tools={
        <Choice
          label="Source"
          value={source ?? ''}
          options={sourcesOf(quality.trend).map((name) => ({ value: name, label: name }))}
          onChange={onSource}
        />
      }
      table={{
        columns: [
          { name: 'at', label: 'Finished', type: 'instant' },
          { name: 'run', label: 'Load', type: 'text' },
          { name: 'score', label: 'Score', type: 'number' },
          { name: 'low', label: 'Usual from', type: 'number' },
          { name: 'high', label: 'Usual to', type: 'number' },
          { name: 'state', label: 'Says', type: 'text' },
        ],
        rows: points
          .toReversed()
          .map((point): Value[] => [
            point.at,
            idOf(point),
            point.score,
            point.low,
            point.high,
            point.state,
          ]),
      }}
    >
      {known.length < 2 ? (
        <p className={styles.none}>A trend needs two loads of this source with a score.</p>
      ) : (
        <>
          <p className={styles.news}>{words}</p>
          <LineChart
            title={words}
            grain="day"
            starts={points.map((point) => point.at.slice(0, 10))}
            lines={[{ name: 'Score', values: scores }]}
            band={{
              name: 'Usual',
              low: points.map((point) => point.low),
              high: points.map((point) => point.high),
            }}
            marks={marks}
            unit="score"
            good="up"
            fromZero={false}
            height={190}
          />
        </>
      )}
    </ChartCard>
  )
}
