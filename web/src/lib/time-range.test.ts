import { describe, expect, test } from 'vitest'

import { comparedSpan, defaultGrain, isTime, resolveTime, stepTime } from './time-range'

const data = { from: '2025-01-03', to: '2026-11-20' } // The last day is a Friday.

describe('a time range', () => {
  test('of weeks begins on a Monday and ends with the data', () => {
    const range = resolveTime('26w', data)
    expect(range).toMatchObject({ from: '2026-05-25', to: '2026-11-21', label: 'Last 26 weeks' })
  })
  test.each([
    ['30d', '2026-10-22', '2026-11-21'],
    ['12m', '2025-12-01', '2026-11-21'],
    ['ytd', '2026-01-01', '2026-11-21'],
    ['all', '2025-01-03', '2026-11-21'],
    ['2026-02-01..2026-02-28', '2026-02-01', '2026-03-01'],
  ])('%s runs from %s to %s', (key, from, to) => {
    expect(resolveTime(key, data)).toMatchObject({ from, to })
  })
  test.each(['', '0d', '5y', '2026-02-30..2026-03-01', '2026-03-02..2026-03-01', 'now'])(
    'nonsense (%s) is not a time and falls back',
    (key) => {
      expect(isTime(key)).toBe(false)
      expect(resolveTime(key, data).key).toBe('26w')
    },
  )
  test('a step back is the same length right before', () => {
    expect(stepTime(resolveTime('26w', data), -1)).toBe('2025-11-24..2026-05-22')
    expect(stepTime(resolveTime('2026-02-01..2026-02-10', data), 1)).toBe('2026-02-11..2026-02-20')
  })
})

describe('the comparison', () => {
  test('has the same weekdays, so that an unfinished week meets an unfinished week', () => {
    const compared = comparedSpan(resolveTime('26w', data), 'prev')
    expect(compared).toMatchObject({
      from: '2025-11-24',
      to: '2026-05-23',
      label: 'previous 26 weeks',
    })
  })
  test('with the year before takes 52 weeks, or twelve months', () => {
    expect(comparedSpan(resolveTime('13w', data), 'year')).toMatchObject({ to: '2025-11-22' })
    expect(comparedSpan(resolveTime('12m', data), 'year')).toMatchObject({ from: '2024-12-01' })
  })
  test('is absent for all time and when not wanted', () => {
    expect(comparedSpan(resolveTime('all', data), 'prev')).toBeNull()
    expect(comparedSpan(resolveTime('26w', data), 'none')).toBeNull()
  })
})

test('longer ranges are drawn coarser', () => {
  expect(defaultGrain(resolveTime('30d', data))).toBe('day')
  expect(defaultGrain(resolveTime('26w', data))).toBe('week')
  expect(defaultGrain(resolveTime('all', data))).toBe('month')
})
