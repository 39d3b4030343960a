// The waterfall of a change: the first and the last step are the totals, what lies between adds up.

import type { WaterfallProps } from '@/charts/waterfall'
import { addDays, formatSpan } from '@/lib/dates'
import { formatShare, type Format } from '@/lib/number-format'

import type { Explained } from './analyses'

export const periodOf = (period: Explained['before']) =>
  formatSpan(period.from, addDays(period.to, -1), true)

/** "Revenue fell by **\u20ac47.7 k** (9.2 %): lost customers **\u2212\u20ac255 k**, new customers **+\u20ac124 k**." */
export function changeNews(
  data: Pick<Explained, 'metric' | 'change' | 'growth' | 'waterfall' | 'verdict'>,
  format: Format,
): string {
  const { metric, change, growth, waterfall, verdict } = data
  if (change === 0) return `${metric.label} is the same in both periods.`
  const unit = metric.unit
  const verb = change > 0 ? 'rose' : 'fell'
  const much = format.short(Math.abs(change), unit)
  const share = growth === null ? '' : ` (${formatShare(Math.abs(growth))})`
  const strongest = waterfall
    .slice(1, -1)
    .sort((left, right) => Math.abs(right.value) - Math.abs(left.value))
    .slice(0, 2)
    .map((step) => `${step.label.toLowerCase()} **${format.signed(step.value, unit)}**`)
  const parts = strongest.length > 0 ? `: ${strongest.join(', ')}` : ''
  return `${metric.label} ${verb} by **${much}**${share}${parts}; ${verdict.text}.`
}

export function changeSteps({
  waterfall,
  before,
  after,
}: Pick<Explained, 'waterfall' | 'before' | 'after'>): Pick<
  WaterfallProps,
  'base' | 'steps' | 'result'
> | null {
  const [first] = waterfall
  const last = waterfall.at(-1)
  if (!first || !last || waterfall.length < 2) return null
  return {
    base: { label: periodOf(before), value: first.value },
    steps: waterfall.slice(1, -1).map((step) => ({ label: step.label, change: step.value })),
    result: { label: periodOf(after), value: last.value },
  }
}
