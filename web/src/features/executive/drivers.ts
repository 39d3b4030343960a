// What moved a number between two periods: the change of each combination of two dimensions. The
// changes add up to the whole change, because the metric is a sum over orders.

import type { Answer, Value } from '@/api/client'
import { asNumber, valueLabel } from '@/api/query'

export interface Change {
  first: Value
  second: Value
  label: string
  now: number
  before: number
  change: number
}

const NONE = '\u0000'
const idOf = (value: Value | undefined) =>
  value === null || value === undefined ? NONE : String(value)

/** Largest change first, whatever its sign. */
export function changesOf(now: Answer, before: Answer): Change[] {
  const changes = new Map<string, Change>()
  const put = (answer: Answer, side: 'now' | 'before') => {
    for (const row of answer.rows) {
      const [first = null, second = null, value] = row
      const id = `${idOf(first)}\u0001${idOf(second)}`
      const label = `${valueLabel(first)} · ${valueLabel(second)}`
      const old = changes.get(id) ?? { first, second, label, now: 0, before: 0, change: 0 }
      old[side] += asNumber(value) ?? 0
      old.change = old.now - old.before
      changes.set(id, old)
    }
  }
  put(now, 'now')
  put(before, 'before')
  return [...changes.values()].toSorted((a, b) => Math.abs(b.change) - Math.abs(a.change))
}

export const totalChange = (changes: readonly Change[]) =>
  changes.reduce((sum, change) => sum + change.change, 0)

/** The change by one side of the combinations, largest first in the direction of the whole. */
export function changesBySide(
  changes: readonly Change[],
  side: 'first' | 'second',
): { label: string; change: number }[] {
  const sums = new Map<string, number>()
  for (const change of changes) {
    const label = valueLabel(change[side])
    sums.set(label, (sums.get(label) ?? 0) + change.change)
  }
  const direction = totalChange(changes) < 0 ? -1 : 1
  return [...sums]
    .map(([label, change]) => ({ label, change }))
    .toSorted((a, b) => direction * (b.change - a.change))
}
