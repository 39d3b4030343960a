// The candidates side by side, and beside them what one gets without any model.

import type { TaskModels } from '@/api/client'
import { Card } from '@/components/card'
import { Tag } from '@/components/tag'
import { cx } from '@/lib/class-names'
import { useFormat } from '@/lib/format-context'
import { formatShare, MISSING } from '@/lib/number-format'
import { niceTicks } from '@/lib/ticks'

import styles from './comparison.module.css'
import { againstBaseline, METRIC_NAMES, testWords } from './words'

type Scores = TaskModels['candidates'][number]['metrics']
type ScoreName = keyof Scores

const SHOWN: Record<TaskModels['primary_metric'], readonly ScoreName[]> = {
  f1: ['f1', 'accuracy', 'roc_auc', 'pr_auc', 'brier', 'calibration_error'],
  r2: ['r2', 'rmse', 'mae'],
}

const ABOUT: Partial<Record<ScoreName, string>> = {
  f1: 'Harmonic mean of precision and recall at the cut-off',
  accuracy: 'Share of the test customers called rightly',
  roc_auc: 'Chance that one who left is ranked above one who stayed',
  pr_auc: 'Precision over all cut-offs, weighted by recall',
  brier: 'Mean squared error of the chances; lower is better',
  calibration_error: 'Mean gap between said and seen chances; lower is better',
  r2: 'Share of the spread that is explained; the mean has 0',
  rmse: 'Typical error, large ones weigh more; lower is better',
  mae: 'Mean error; lower is better',
}

export function ComparisonCard({ task }: { task: TaskModels }) {
  const format = useFormat()
  const metric = task.primary_metric
  const names = SHOWN[metric]
  const range = rangeOf(task)
  const told = (name: ScoreName, value: number | null | undefined) => {
    if (value === null || value === undefined) return MISSING
    if (name === 'accuracy') return formatShare(value)
    if (name === 'rmse' || name === 'mae') return format.short(value, 'currency')
    return value.toFixed(3).replace('-', '\u2212')
  }
  const words = againstBaseline(task)
  return (
    <Card title="Model comparison" sub={testWords(task)} span={8}>
      <div
        className={styles.scroll}
        tabIndex={0}
        role="region"
        aria-label="Models and their scores"
      >
        <table className={cx(styles.table, 'num')}>
          <thead>
            <tr>
              <th scope="col">Model</th>
              <th scope="col" className={cx(styles.left, styles.dots)}>
                {METRIC_NAMES[metric]} of {foldsOf(task)} folds
              </th>
              <th scope="col" className={styles.left}>
                Mean ± sd
              </th>
              {names.map((name) => (
                <th key={name} scope="col" title={ABOUT[name]}>
                  {name === metric ? `${METRIC_NAMES[name] ?? name}, test` : METRIC_NAMES[name]}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {task.candidates.map((one) => {
              const { mean, sd } = one.cross_validation
              return (
                <tr key={one.learner} className={cx(one.learner === task.in_use && styles.on)}>
                  <th scope="row">
                    {one.label} {one.learner === task.in_use && <Tag tone="primary">In use</Tag>}
                  </th>
                  <td className={styles.dots}>
                    <DotRange mean={mean} sd={sd} range={range} />
                  </td>
                  <td className={styles.left}>
                    <b>{told(metric, mean)}</b>{' '}
                    {sd !== null && <span className="t2">± {sd.toFixed(3)}</span>}
                  </td>
                  {names.map((name) => (
                    <td key={name}>{told(name, one.metrics[name])}</td>
                  ))}
                </tr>
              )
            })}
            {task.baselines.map((one) => (
              <tr key={one.name} className={styles.baseline}>
                <th scope="row">
                  {one.label} <Tag>baseline</Tag>
                </th>
                <td className={styles.dots}>
                  <DotRange mean={one.metrics[metric] ?? null} sd={null} range={range} hollow />
                </td>
                <td className={styles.left}>{MISSING}</td>
                {names.map((name) => (
                  <td key={name}>{told(name, one.metrics[name])}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {words !== null && <p className={cx(styles.foot, 'num')}>{words}</p>}
    </Card>
  )
}

const foldsOf = (task: TaskModels) => task.candidates[0]?.cross_validation.folds.length ?? 0

/** What the spreads of all candidates fit into; a baseline far off would squeeze them to dots. */
export function rangeOf(task: Pick<TaskModels, 'candidates'>): [number, number] {
  const ends = task.candidates.flatMap(({ cross_validation: { mean, sd } }) =>
    mean === null ? [] : [mean - (sd ?? 0), mean + (sd ?? 0)],
  )
  const ticks = niceTicks(ends, false)
  return [ticks[0] ?? 0, ticks.at(-1) ?? 1]
}

function DotRange(props: {
  mean: number | null
  sd: number | null
  range: [number, number]
  hollow?: boolean
}) {
  const { mean, sd, range, hollow = false } = props
  const [low, high] = range
  const at = (value: number) => (100 * (value - low)) / (high - low || 1)
  if (mean === null || mean < low || mean > high) return null
  return (
    <div className={styles.range} aria-hidden="true">
      {sd !== null && (
        <i style={{ left: `${at(mean - sd)}%`, width: `${at(mean + sd) - at(mean - sd)}%` }} />
      )}
      <b className={cx(hollow && styles.hollow)} style={{ left: `${at(mean)}%` }} />
    </div>
  )
}
