import { IconCheck } from '@tabler/icons-react'

import type { TaskModels, Value } from '@/api/client'
import { Card } from '@/components/card'
import { ChartCard } from '@/components/chart-card'
import { Leaderboard } from '@/components/leaderboard'
import { formatShare } from '@/lib/number-format'

import { byImportance, learnerLabel } from './form'
import styles from './comparison.module.css'

const SHOWN = 10

export function ImportanceCard({ task, wide = false }: { task: TaskModels; wide?: boolean }) {
  const features = byImportance(task.features.filter((one) => one.importance !== null))
  const total = features.reduce((sum, one) => sum + Math.max(0, one.importance ?? 0), 0)
  const most = features[0]?.importance ?? 0
  const share = (importance: number | null) =>
    total > 0 ? Math.max(0, importance ?? 0) / total : null
  return (
    <ChartCard
      title="What the model looks at"
      sub={`Importance in ${learnerLabel(task)}, shares of the whole`}
      span={wide ? 8 : 4}
      height={200}
      table={{
        columns: [
          { name: 'feature', label: 'Input', type: 'text' },
          { name: 'importance', label: 'Importance', type: 'number' },
        ],
        rows: features.map((one): Value[] => [one.label, one.importance]),
      }}
    >
      {features.length === 0 ? (
        <p className={styles.none}>This model does not say what it looks at.</p>
      ) : (
        <Leaderboard
          name="Input"
          valueName="Share"
          rows={features.slice(0, SHOWN).map((one) => ({
            key: one.name,
            label: one.label,
            size: most > 0 ? Math.max(0, one.importance ?? 0) / most : 0,
            value: formatShare(share(one.importance)),
            exact: String(one.importance),
          }))}
          {...(features.length > SHOWN ? { foot: `${SHOWN} of ${features.length}` } : {})}
        />
      )}
    </ChartCard>
  )
}

export function ExcludedCard({ task }: { task: TaskModels }) {
  const { excluded } = task
  return (
    <Card
      title="Left out"
      sub="What would give the answer away, or says nothing"
      span={task.calibration ? 4 : 12}
    >
      {excluded.length === 0 ? (
        <p className={styles.fine}>
          <IconCheck size={16} stroke={1.5} aria-hidden="true" />
          Every candidate was fit to learn from; nothing was left out.
        </p>
      ) : (
        <ul className={styles.excluded} tabIndex={0} aria-label="Inputs left out">
          {excluded.map((one) => (
            <li key={`${one.feature} ${one.reason}`}>
              <b>{one.feature.replaceAll('_', ' ')}</b>
              <span>{one.reason}</span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  )
}
