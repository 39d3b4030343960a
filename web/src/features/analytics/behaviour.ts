// The sentences and points of the cards about how customers behave.

import type { CurvePoint } from '@/charts/curve-chart'
import { formatCount, formatShare } from '@/lib/number-format'

import type { Basket, Funnel, Pareto, Survival } from './analyses'

/** From nothing to all, smallest holders first. */
export function lorenzPoints({ curve }: Pareto): CurvePoint[] {
  const points = curve.flatMap(([x, share]) =>
    x === undefined || share === undefined ? [] : [{ x, share }],
  )
  return points[0]?.x === 0 ? points : [{ x: 0, share: 0 }, ...points]
}

export function lorenzSentence(pareto: Pareto): string {
  const half = lorenzPoints(pareto).findLast((point) => point.x <= 0.5)
  const poor = half ? `The smaller half brings ${formatShare(half.share)}` : 'All bring the same'
  return `${poor} of ${pareto.metric.label.toLowerCase()}; on the dashed line everybody would bring the same.`
}

type Points = Survival['curves'][number]['points']

/** Everybody is there on the first day. */
export const survivalPoints = (points: Points): CurvePoint[] => [
  { x: 0, share: 1, low: 1, high: 1 },
  ...points.map(({ day, survival, lower, upper }) => ({
    x: day,
    share: survival,
    low: lower,
    high: upper,
  })),
]

export function survivalSentence({ curves, gap_days }: Survival): string {
  const [all] = curves
  const gone = gap_days === null ? '' : `; who is away for ${formatCount(gap_days)} days is lost`
  if (!all) return 'Nobody has bought yet.'
  if (all.median_days === null) {
    const left = all.points.at(-1)?.survival ?? 1
    return `${formatShare(left)} of customers are still there at the end${gone}.`
  }
  return `Half of the customers are lost after ${formatCount(all.median_days)} days${gone}.`
}

export function basketSentence({ rules, min_baskets }: Basket): string {
  const [best] = rules
  if (!best)
    return `Nothing is bought together in at least ${formatCount(min_baskets)} orders more often than by chance would tell.`
  return `Who buys ${best.left.join(' and ')} buys ${best.right} in ${formatShare(best.confidence)} of cases, ${best.lift.toFixed(1)} times as often as everybody.`
}

export function funnelSentence({ steps, unit }: Funnel): string {
  const last = steps.at(-1)
  if (!last) return 'No step was reached.'
  const worst = steps
    .slice(1)
    .toSorted((a, b) => (a.of_before ?? 1) - (b.of_before ?? 1))
    .at(0)
  const head = `${formatShare(last.of_first)} of ${unit} reach the last step`
  return worst ? `${head}; most are lost before “${worst.label}”.` : `${head}.`
}
