// Month over month, told only where it can be told: a month the period cuts short has a value, but
// no growth, and neither has the month after it.

import { monthName } from '@/lib/dates'

import type { Trends } from './analyses'

export interface Month {
  start: string
  label: string // Nov 2026
  value: number | null
  change: number | null
  growth: number | null
  complete: boolean
  n: number | null // Orders it rests on.
}

export function monthsOf(points: Trends['points']): Month[] {
  return points.map((point, index) => {
    const previous = points[index - 1]
    const told = point.complete && previous?.complete === true
    // A server whose model has no orders leaves n out.
    const n: unknown = point.n
    return {
      start: point.period,
      label: `${monthName(point.period)} ${point.period.slice(0, 4)}`,
      value: point.value,
      change: told ? point.change : null,
      growth: told ? point.growth : null,
      complete: point.complete,
      n: typeof n === 'number' ? n : null,
    }
  })
}

/** "Jun", and the year with the first month and each January, or always where labels are left out. */
export const shortLabel = (months: readonly Pick<Month, 'start'>[], index: number): string => {
  const start = months[index]?.start ?? ''
  const year = index === 0 || start.slice(5, 7) === '01' || months.length > 14
  return year && months.length > 1 ? `${monthName(start)} ${start.slice(2, 4)}` : monthName(start)
}

/** The last growth there is between two whole months. */
export const lastGrowth = (months: readonly Month[]): Month | null =>
  months.findLast((month) => month.growth !== null) ?? null
