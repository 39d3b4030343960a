// Who comes back, who is who, and who brings how much: the numbers of the customers tab as it draws
// them.

import type { HeatmapCell } from '@/charts/heatmap'
import { formatBucket } from '@/lib/dates'
import { countOf, formatShare } from '@/lib/number-format'

import type { Cohorts, Pareto, Rfm } from './analyses'

const MOST_COHORTS = 18
const MOST_AGES = 12

export interface CohortGrid {
  rows: string[]
  columns: string[]
  cells: HeatmapCell[]
  left: number // Cohorts before those that are shown.
}

/** The latest cohorts by age; everybody is active at age 0, so it is left out. */
export function cohortGrid({ grain, cohorts }: Cohorts): CohortGrid {
  const shown = cohorts.slice(-MOST_COHORTS)
  const oldest = Math.max(0, ...shown.map((cohort) => cohort.retention.length - 1))
  const ages = Array.from({ length: Math.min(oldest, MOST_AGES) }, (_, index) => index + 1)
  return {
    rows: shown.map((cohort) => formatBucket(grain, cohort.cohort)),
    columns: ages.map(String),
    cells: shown.flatMap(({ retention, customers }, row) =>
      ages.map((age, column) => ({
        row,
        column,
        value: retention[age] ?? null,
        n: customers,
      })),
    ),
    left: cohorts.length - shown.length,
  }
}

/** "Of all customers 24.6 % buy again in the month after their first purchase, 29.1 % six months after it." */
export function cohortSentence({ grain, mean_retention }: Cohorts): string {
  const [, next] = mean_retention
  if (next === undefined) return 'No cohort is old enough to say who came back.'
  const first = `Of all customers ${formatShare(next)} buy again in the ${grain} after their first purchase`
  const later = mean_retention[6]
  return later === undefined ? `${first}.` : `${first}, ${formatShare(later)} in the sixth.`
}

/** Groups that hold anybody, those with the most of the metric first. */
export const groupsOf = ({ groups }: Rfm): Rfm['groups'] =>
  groups.filter((group) => group.customers > 0).toSorted((a, b) => b.amount - a.amount)

export function rfmSentence(rfm: Rfm): string {
  const [top] = groupsOf(rfm)
  const share = top?.amount_share ?? null
  if (!top || share === null) return ''
  const word = rfm.metric.label.toLowerCase()
  return `${top.label} are ${formatShare(top.share, 0)} of customers and bring ${formatShare(share, 0)} of ${word}.`
}

export const paretoSentence = (pareto: Pareto): string =>
  `${formatShare(pareto.holders_of_four_fifths)} of customers bring 80 % of ${pareto.metric.label.toLowerCase()}; Gini ${pareto.gini.toFixed(2)}.`

export function customersNews(pareto: Pareto | undefined, cohorts: Cohorts | undefined) {
  if (!pareto) return null
  const head = `The top fifth of ${countOf(pareto.n, 'customer')} brings **${formatShare(pareto.share_of_top_fifth, 0)}** of ${pareto.metric.label.toLowerCase()}`
  const next = cohorts?.mean_retention[1]
  return next === undefined
    ? `${head}.`
    : `${head}; **${formatShare(next)}** of new customers buy again in the next ${cohorts?.grain ?? ''}.`
}
