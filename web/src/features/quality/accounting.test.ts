import { describe, expect, test } from 'vitest'

import type { Quality } from '@/api/client'

import {
  accountOf,
  accountWords,
  byCause,
  gapWords,
  qualityNews,
  scoreWords,
  words,
} from './accounting'

const run = {
  records_found: 1200,
  loaded: 1150,
  updated: 20,
  unchanged: 8,
  duplicates: 6,
  rejected: 12,
  skipped: 4,
}

describe('the account of a run', () => {
  test('gives every record exactly one fate', () => {
    const { parts, sum, gap } = accountOf(run)
    expect([sum, gap]).toEqual([1200, 0])
    expect(parts.reduce((total, part) => total + part.share, 0)).toBeCloseTo(1, 12)
  })
  test('shows a hole instead of hiding it', () => {
    expect(accountOf({ ...run, loaded: 1140 }).gap).toBe(10)
    expect(gapWords(10)).toBe('10\u00a0records unaccounted for')
    expect(gapWords(-1)).toBe('1\u00a0record too many')
    expect(gapWords(0)).toBeNull()
  })
  test('never draws more than the whole', () => {
    const { parts } = accountOf({ ...run, records_found: 100 })
    expect(parts.reduce((total, part) => total + part.share, 0)).toBeCloseTo(1, 12)
  })
  test('of an empty file has no shares', () => {
    const none = {
      records_found: 0,
      loaded: 0,
      updated: 0,
      unchanged: 0,
      duplicates: 0,
      rejected: 0,
      skipped: 0,
    }
    expect(accountOf(none).parts.map((part) => part.share)).toEqual([0, 0, 0, 0, 0, 0])
  })
  test('can be read as a sum', () => {
    expect(accountWords({ ...run, updated: 0, loaded: 1170 })).toBe(
      '1,200 found = 1,170 loaded + 8 unchanged + 6 duplicates + 4 skipped + 12 rejected',
    )
  })
})

describe('the words of a score', () => {
  test('tell its interval and how much was checked', () => {
    expect(scoreWords({ score: 97.2, coverage: 0.62, standard_error: 0.4 })).toEqual([
      'Likely between 96.4 and 98.0 (standard error 0.4).',
      '62\u00a0% of the rules could be checked; the rest has no say in the score.',
    ])
  })
  test('stay within the scale', () => {
    expect(scoreWords({ score: 99.9, coverage: 1, standard_error: 0.4 })[0]).toContain('100.0')
  })
  test('do not call no score a zero', () => {
    expect(scoreWords({ score: null, coverage: 0, standard_error: null })[0]).toContain('not a')
  })
})

test('rejects of one cause are one line, the most frequent cause first', () => {
  const groups = [
    { table: 'orders', code: 'a', count: 2 },
    { table: 'orders', code: 'b', count: 3 },
    { table: 'orders', code: 'a', count: 4 },
    { table: 'products', code: 'a', count: 1 },
  ]
  expect(byCause(groups, (group) => group.code).map(({ count, runs }) => [count, runs])).toEqual([
    [6, 2],
    [3, 1],
    [1, 1],
  ])
})

test('the news says score, alerts and rejects', () => {
  const quality = { score: 97.24, alerts: [{}], rejects: [{ count: 7 }] } as unknown as Quality
  expect(qualityNews(quality)).toBe(
    'Quality is **97.2** of 100, **1** alert is open. **7** records were rejected in the newest loads.',
  )
})

test.each([
  ['CAST_INTEGER', 'not a valid integer'],
  ['out_of_range', 'out of range'],
])('%s is told as: %s', (code, told) => {
  expect(words(code)).toBe(told)
})
