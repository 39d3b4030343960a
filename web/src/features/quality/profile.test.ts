import { describe, expect, test } from 'vitest'

import {
  barHeights,
  cellText,
  columnNews,
  medianOf,
  movedWords,
  type ColumnProfile,
} from './profile'

const column: ColumnProfile = {
  column: 'age',
  label: 'Age',
  type: 'integer',
  is_hidden: false,
  rows: 1000,
  nulls: 25,
  null_share: 0.025,
  distinct: 61,
  is_distinct_exact: true,
  min: 18,
  max: 90,
  mean: 41.25,
  quantiles: [{ share: 0.5, value: 40 }],
  histogram: [],
  top: [],
  top_error: 0,
  patterns: [],
  drift: null,
}
const drift = {
  rows: 900,
  null_share: 0.01,
  distinct: 60,
  mean: 41,
  median: 40,
  histogram: [],
  stability: 0.3,
  has_moved_values: true,
  has_moved_nulls: true,
}

describe('the news of a column', () => {
  test('say rows, missing and different values', () => {
    expect(columnNews(column)).toBe('1,000 rows, 2.5\u00a0% are missing, 61 different values.')
    expect(columnNews({ ...column, nulls: 0, is_distinct_exact: false })).toBe(
      '1,000 rows, no value is missing, about 61 different values.',
    )
    expect(columnNews({ ...column, rows: 0 })).toContain('no rows')
  })
  test('say what moved', () => {
    expect(movedWords(column)).toBeNull()
    expect(movedWords({ drift })).toBe('values and nulls moved')
    expect(movedWords({ drift: { ...drift, has_moved_values: false } })).toBe('nulls moved')
    expect(
      columnNews({
        ...column,
        drift: { ...drift, has_moved_values: false, has_moved_nulls: false },
      }),
    ).toContain('nothing moved')
  })
})

test('cells are told in the words of their type', () => {
  expect(cellText(12345, 'integer')).toBe('12,345')
  expect(cellText(12.34567, 'decimal')).toBe('12.35')
  expect(cellText('2024-03-01T09:30:00Z', 'datetime')).toBe('2024-03-01 09:30')
  expect(cellText(null, 'integer')).toBe('–')
  expect(cellText(medianOf(column), 'integer')).toBe('40')
})

test('bars of two loads share one scale', () => {
  const bar = (share: number) => ({ from: 0, to: 1, share })
  expect(barHeights([bar(0.2), bar(0.4)], [bar(0.8)])).toEqual({ now: [0.25, 0.5], before: [1] })
  expect(barHeights([bar(0)], undefined).now).toEqual([0])
})
