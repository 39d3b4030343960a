// Sentences about models.

import type { Prediction, SegmentModel, TaskModels } from '@/api/client'
import { formatDayMonth } from '@/lib/dates'
import { countOf, formatCount, formatShare } from '@/lib/number-format'

const day = (instant: string) => formatDayMonth(instant.slice(0, 10))

/** Trained 18 Nov on data before 22 Aug · tested on 1,003 later customers */
export function trainedWords(
  task: Pick<TaskModels, 'trained_at' | 'cut_off' | 'rows_train' | 'rows_test'>,
): string {
  const later = task.cut_off === null ? 'other' : 'later'
  const on =
    task.cut_off !== null
      ? ` on data before ${formatDayMonth(task.cut_off)}`
      : task.rows_train === null
        ? ''
        : ` on ${countOf(task.rows_train, 'customer')}`
  // How many there are is not told where a rule hides some of them.
  const tested = task.rows_test === null ? '' : `${formatCount(task.rows_test)} `
  return `Trained ${day(task.trained_at)}${on} · tested on ${tested}${later} customers`
}

export const segmentsWords = (segments: SegmentModel) =>
  `Trained ${day(segments.trained_at)} on ${countOf(
    segments.clusters.reduce((sum, cluster) => sum + cluster.size, 0),
    'customer',
  )} · ${segments.k} segments`

export interface Risk {
  label: string
  tone: 'bad' | 'caution' | 'plain' | 'good'
}

/** At or above the cut-off counts as leaving; clearly above the average is worth a look. */
export function riskOf(chance: number, cutOff: number | null, base: number): Risk {
  if (cutOff !== null && chance >= cutOff) return { label: 'High risk', tone: 'bad' }
  if (chance > 1.1 * base) return { label: 'Above average', tone: 'caution' }
  if (chance > 0.9 * base) return { label: 'Average', tone: 'plain' }
  return { label: 'Low risk', tone: 'good' }
}

/** "2.6 × the average customer" */
export function timesAverage(value: number, base: number): string | null {
  if (base <= 0 || value < 0) return null
  const times = value / base
  if (times < 0.1) return 'Under a tenth of the average customer'
  const told = times >= 10 ? times.toFixed(0) : times.toFixed(1)
  return `${told}\u00a0× the average customer`
}

export function intervalWords(
  output: Prediction['output'],
  told: (value: number) => string,
): string {
  if (output.low === null || output.high === null) return 'No interval is known for this model.'
  const [low, high] = [told(output.low), told(output.high)]
  return low === high ? `Likely about ${low}` : `Likely between ${low} and ${high}`
}

/** How the model in use stands against not having a model. */
export function againstBaseline(task: TaskModels): string | null {
  const metric = task.primary_metric
  const own = task.candidates.find((one) => one.learner === task.in_use)
  const mine = own?.metrics[metric] ?? null
  const best = task.baselines
    .flatMap((one) => {
      const value = one.metrics[metric] ?? null
      return value === null ? [] : [{ label: one.label, value }]
    })
    .toSorted((a, b) => b.value - a.value)[0]
  if (mine === null || !own || !best) return null
  const verb = mine > best.value ? 'beats' : 'does not beat'
  const quoted = best.label.charAt(0).toLowerCase() + best.label.slice(1)
  return `On the test customers ${own.label} ${verb} the best baseline (${quoted}): ${METRIC_NAMES[metric]} ${score(mine)} against ${score(best.value)}.`
}

const score = (value: number) => value.toFixed(3).replace('-', '\u2212')

export const METRIC_NAMES: Record<string, string> = {
  accuracy: 'Accuracy',
  f1: 'F1',
  roc_auc: 'ROC-AUC',
  pr_auc: 'PR-AUC',
  brier: 'Brier',
  calibration_error: 'Calib. error',
  r2: 'R²',
  rmse: 'RMSE',
  mae: 'MAE',
}

export const testWords = (task: TaskModels) =>
  [
    task.rows_test === null ? '' : `n = ${countOf(task.rows_test, 'test customer')}`,
    task.base_rate === null ? '' : `${formatShare(task.base_rate)} left`,
    task.rows_train === null ? '' : countOf(task.rows_train, 'training row'),
  ]
    .filter((part) => part !== '')
    .join(' · ')
