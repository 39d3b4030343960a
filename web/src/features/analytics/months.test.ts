import { describe, expect, test } from 'vitest'

import { lastGrowth, monthsOf, shortLabel } from './months'
import { monthsTakeaway, weekdayTakeaway } from './months-cards'

const point = (period: string, value: number | null, growth: number | null, complete = true) => ({
  period,
  value,
  change: growth === null || value === null ? null : value - value / (1 + growth),
  growth,
  complete,
  n: 100,
})

const months = monthsOf([
  point('2026-08-01', 20, null, false),
  point('2026-09-01', 100, 4),
  point('2026-10-01', 110, 0.1),
  point('2026-11-01', 60, -0.45, false),
])

describe('months', () => {
  test('that the period cuts short have a value but no growth, nor has the next', () => {
    expect(months.map((month) => month.growth)).toEqual([null, null, 0.1, null])
    expect(months.map((month) => month.value)).toEqual([20, 100, 110, 60])
  })
  test('say the year first and with each January', () => {
    const starts = ['2025-12-01', '2026-01-01', '2026-02-01'].map((start) => ({ start }))
    expect(starts.map((_, index) => shortLabel(starts, index))).toEqual(['Dec 25', 'Jan 26', 'Feb'])
  })
  test('are told by the last growth that can be told', () => {
    expect(lastGrowth(months)?.start).toBe('2026-10-01')
    expect(monthsTakeaway('Revenue', months)).toBe(
      'Revenue rose by 10.0\u00a0% in Oct 2026 against the month before.',
    )
    expect(monthsTakeaway('Revenue', [])).toBe('Revenue by month.')
  })
})

test('the day of the week is told by its highest', () => {
  const days = [
    { weekday: 'Monday' as const, value: 3, share: 0.3, n: 4 },
    { weekday: 'Friday' as const, value: 7, share: 0.7, n: 4 },
    { weekday: 'Sunday' as const, value: null, share: null, n: 0 },
  ]
  expect(weekdayTakeaway('Orders', days, String)).toBe('Orders is highest on Fridays: 7 a day.')
})
