// The waterfall of a change: the first and the last step are the totals, what lies between adds up.

import type { WaterfallProps } from '@/charts/waterfall'

import type { Explained } from './analyses'

export function changeSteps({
  waterfall,
}: Pick<Explained, 'waterfall'>): Pick<WaterfallProps, 'base' | 'steps' | 'result'> | null {
  const [first] = waterfall
  const last = waterfall.at(-1)
  if (!first || !last || waterfall.length < 2) return null
  return {
    base: { label: first.label, value: first.value },
    steps: waterfall.slice(1, -1).map((step) => ({ label: step.label, change: step.value })),
    result: { label: last.label, value: last.value },
  }
}
