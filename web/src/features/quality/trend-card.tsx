import type { Quality, Value } from '@/api/client'
import { LineChart } from '@/charts/line-chart'
import { ChartCard } from '@/components/chart-card'

import { idOf } from './accounting'
import styles from './quality.module.css'

const MOST = 60

export function TrendCard({ quality }: { quality: Quality }) {
  const points = quality.trend.slice(-MOST)
  const scores = points.map((point) => point.score)
  const known = scores.filter((score) => score !== null)
  const [first, last] = [known[0], known.at(-1)]
  return (
    <ChartCard
      title="Score of each load"
      sub={
        points.length < quality.trend.length
          ? `the last ${points.length} of ${quality.trend.length} loads`
          : `${points.length} ${points.length === 1 ? 'load' : 'loads'}`
      }
      span={4}
      height={228}
      table={{
        columns: [
          { name: 'at', label: 'Finished', type: 'instant' },
          { name: 'run', label: 'Load', type: 'text' },
          { name: 'score', label: 'Score', type: 'number' },
        ],
        rows: points.toReversed().map((point): Value[] => [point.at, idOf(point), point.score]),
      }}
    >
      {known.length < 2 || first === undefined || last === undefined ? (
        <p className={styles.none}>A trend needs two loads with a score.</p>
      ) : (
        <LineChart
          title={`The score went from ${first.toFixed(1)} to ${last.toFixed(1)}`}
          grain="day"
          starts={points.map((point) => point.at.slice(0, 10))}
          lines={[{ name: 'Score', values: scores }]}
          unit="score"
          good="up"
          fromZero={false}
          height={216}
        />
      )}
    </ChartCard>
  )
}
