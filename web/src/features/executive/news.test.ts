import { describe, expect, test } from 'vitest'

import type { Answer } from '@/api/client'

import { changesBySide, changesOf, totalChange } from './drivers'
import { newsOf, type NewsInput } from './news'

const answer = (rows: Answer['rows']): Answer => ({
  columns: [],
  rows,
  num_rows: rows.length,
  rows_read: 0,
  rows_matched: 0,
  elapsed_ms: 0,
})

const changes = changesOf(
  answer([
    ['Premium', 'Mobile', 164],
    ['Premium', 'Store', 110],
    ['Regular', 'Store', 50],
    [null, 'Store', 5],
  ]),
  answer([
    ['Premium', 'Mobile', 100],
    ['Premium', 'Store', 100],
    ['Regular', 'Store', 60],
    ['Regular', 'Phone', 3],
  ]),
)

describe('what moved a number', () => {
  test('adds up to the whole, also for what is new, gone or not known', () => {
    expect(totalChange(changes)).toBe(329 - 263)
    expect(changes.map((change) => change.change)).toEqual([64, 10, -10, 5, -3])
    expect(changes[3]?.label).toBe('not known · Store')
  })
  test('is told by one side, the largest help first', () => {
    expect(changesBySide(changes, 'first')).toEqual([
      { label: 'Premium', change: 74 },
      { label: 'not known', change: 5 },
      { label: 'Regular', change: -13 },
    ])
  })
})

const input: NewsInput = {
  metric: 'Revenue',
  now: 329,
  before: 263,
  normal: false,
  versus: 'previous 26 weeks',
  changes,
  sides: ['Segment', 'Channel'],
}
const told = (change: Partial<NewsInput>) =>
  newsOf({ ...input, ...change }).replaceAll('\u00a0', ' ')

describe('the news', () => {
  test('name the change and what brought it', () => {
    expect(told({})).toBe(
      'Revenue grew **25.1 %**. Segment Premium brought more than the whole gain, most of it in Mobile.',
    )
  })
  test('stay quiet about causes of normal variation', () => {
    expect(told({ normal: true })).toBe(
      'Revenue grew **25.1 %**, which is within normal variation.',
    )
  })
  test('never compare with nothing', () => {
    expect(told({ versus: null })).toMatch(/Nothing to compare/)
    expect(told({ before: 0 })).toBe(
      'There is no revenue in the previous 26 weeks to compare with.',
    )
    expect(told({ now: null })).toBe('There is no revenue in this period.')
  })
  test('tell a loss as a loss', () => {
    const loss = changesOf(
      answer([
        ['A', 'x', 5],
        ['B', 'x', 8],
      ]),
      answer([
        ['A', 'x', 13],
        ['B', 'x', 10],
      ]),
    )
    expect(told({ now: 13, before: 23, changes: loss })).toBe(
      'Revenue fell **43.5 %**. Segment A made **80 %** of the loss.',
    )
  })
})
