import { describe, expect, test } from 'vitest'

import {
  ageText,
  changeParts,
  pointsText,
  promiseOf,
  shownSource,
  sourcesOf,
  trendWords,
  type QualityChange,
  type ScorePoint,
} from './history'

const point = (part: Partial<ScorePoint>): ScorePoint => ({
  run_id: 1,
  source_id: 'shop',
  at: '2024-03-01T09:30:00Z',
  score: 97,
  standard_error: 0.1,
  centre: 96.5,
  low: 95,
  high: 98,
  loads: 12,
  state: 'normal',
  ...part,
})

describe('the source that is shown', () => {
  const trend = [point({ source_id: 'a' }), point({ source_id: 'b' }), point({ source_id: 'a' })]
  test('is the one asked for, if it is there', () => {
    expect(sourcesOf(trend)).toEqual(['a', 'b'])
    expect(shownSource(trend, 'b')).toBe('b')
    expect(shownSource(trend, 'gone')).toBe('a')
    expect(shownSource([], undefined)).toBeNull()
  })
  test('is one with an alarm, if nobody asks', () => {
    const alarmed = [...trend, point({ source_id: 'b', state: 'jump' }), point({ source_id: 'a' })]
    expect(shownSource(alarmed, undefined)).toBe('b')
    // An alarm that a later load has left behind does not count.
    expect(shownSource([...alarmed, point({ source_id: 'b' })], undefined)).toBe('b')
    expect(shownSource([...trend, point({ state: 'jump', source_id: 'a' }), ...trend], '')).toBe(
      'a',
    )
  })
})

describe('the words of a trend', () => {
  test('say what is usual', () => {
    expect(trendWords([point({})])).toBe('97.0 is usual: 12 loads before lie around 96.5.')
    expect(trendWords([point({ score: 80, state: 'jump' })])).toBe(
      '80.0 is not usual: 95.0 to 98.0 would be.',
    )
    expect(trendWords([point({ state: 'drift' })])).toContain('drifted')
  })
  test('do not pretend to know it', () => {
    const cold = point({ state: 'cold', centre: null, low: null, high: null })
    expect(trendWords([cold, cold])).toBe('2 of 6 loads: what is usual is not known yet.')
    expect(trendWords([point({ score: null })])).toContain('no score')
    expect(trendWords([])).toContain('No load')
  })
})

test.each([
  [1.236, '+1.24'],
  [-0.3, '−0.30'],
  [0.001, '0.00'],
])('%s points are told as %s', (points, told) => {
  expect(pointsText(points)).toBe(told)
})

test('the parts of a change add up to it', () => {
  const change = {
    points: -3,
    rules: [
      { table: 'customers', column: 'email', rule: 'email', points: -2.5 },
      { table: 'orders', column: '', rule: 'structure', points: -0.75 },
    ],
    rules_moved: 5,
    other_points: 0.25,
  } as unknown as QualityChange
  const parts = changeParts(change)
  expect(parts.map((part) => part.label)).toEqual([
    'customers.email · email',
    'orders · structure',
    '3 more rules',
  ])
  expect(parts.reduce((sum, part) => sum + part.change, 0)).toBe(-3)
})

test.each([
  [30, 'less than a minute'],
  [60, '1\u00a0minute'],
  [7_000, '116\u00a0minutes'],
  [7_200, '2\u00a0hours'],
  [90_000, '1\u00a0day'],
  [200_000, '2\u00a0days'],
  [null, '–'],
])('an age of %s seconds is told as %s', (seconds, told) => {
  expect(ageText(seconds)).toBe(told)
})

test.each([
  [null, null, 'no promise'],
  [86_400, null, 'age not known'],
  [86_400, 100, 'in time'],
  [86_400, 40, 'late'],
  [86_400, 0, 'overdue'],
])('a promise of %s at a score of %s is %s', (lag_seconds, score, told) => {
  expect(promiseOf({ age_seconds: 1, lag_seconds, score }).words).toBe(told)
})
