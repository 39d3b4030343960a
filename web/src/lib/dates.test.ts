import { describe, expect, test } from 'vitest'

import {
  addMonths,
  buckets,
  daysBetween,
  formatBucket,
  formatInstant,
  formatSpan,
  isDay,
  startOf,
} from './dates'

describe('days', () => {
  test('a month later than 31 January is the last day of February', () => {
    expect(addMonths('2026-01-31', 1)).toBe('2026-02-28')
    expect(addMonths('2024-03-31', -1)).toBe('2024-02-29')
  })
  test('weeks begin on Monday, also for a Sunday and across a year', () => {
    expect(startOf('week', '2026-11-22')).toBe('2026-11-16')
    expect(startOf('week', '2026-01-01')).toBe('2025-12-29')
  })
  test('buckets cover every day once', () => {
    expect(buckets('week', '2026-05-27', '2026-06-09')).toEqual([
      '2026-05-25',
      '2026-06-01',
      '2026-06-08',
    ])
    expect(buckets('month', '2026-01-31', '2026-02-01')).toEqual(['2026-01-01'])
  })
  test('days that do not exist are refused', () => {
    expect(isDay('2026-02-30')).toBe(false)
    expect(isDay('2026-2-3')).toBe(false)
    expect(isDay('2028-02-29')).toBe(true)
  })
  test('a summer time switch is not a day shorter', () => {
    expect(daysBetween('2026-03-28', '2026-03-30')).toBe(2)
  })
})

describe('words', () => {
  test('years stand only where they differ', () => {
    expect(formatSpan('2026-05-25', '2026-11-20')).toBe('25 May – 20 Nov')
    expect(formatSpan('2025-12-01', '2026-11-20')).toBe('1 Dec 2025 – 20 Nov 2026')
    expect(formatSpan('2026-11-20', '2026-11-20')).toBe('20 Nov')
  })
  test('a bucket says how long it is', () => {
    expect(formatBucket('week', '2026-06-29')).toBe('Week of 29 Jun 2026')
    expect(formatBucket('quarter', '2026-10-01')).toBe('Q4 2026')
  })
  test('an instant is told in 24 hours', () => {
    expect(formatInstant('2026-11-20T06:00:00Z')).toBe('20 Nov 06:00')
  })
})
