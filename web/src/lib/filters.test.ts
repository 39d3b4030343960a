import { describe, expect, test } from 'vitest'

import { formatFilters, parseFilters, setFilter, toggleValue } from './filters'

describe('filters in the address', () => {
  test('are readable', () => {
    const filters = parseFilters('segment:Premium,Regular;country!:UK')
    expect(filters).toEqual([
      { field: 'segment', exclude: false, values: ['Premium', 'Regular'] },
      { field: 'country', exclude: true, values: ['UK'] },
    ])
    expect(formatFilters(filters)).toBe('segment:Premium,Regular;country!:UK')
  })
  test.each([['a,b'], ['a;b:c!'], ['100 %'], ['(null)'], ['Ærø'], ['']])(
    'keep a value as odd as "%s"',
    (value) => {
      const filters = [{ field: 'city', exclude: false, values: [value, 'x'] }]
      expect(parseFilters(formatFilters(filters))).toEqual(filters)
    },
  )
  test('know a missing value from the text "(null)"', () => {
    expect(parseFilters('city:(null)')[0]?.values).toEqual([null])
  })
  test.each(['', ';;', 'segment', ':x', 'segment:'])('pass over nonsense: "%s"', (text) => {
    expect(parseFilters(text)).toEqual([])
  })
})

describe('a click', () => {
  const some = parseFilters('segment:Premium;country:UK')
  test('filters, and a second one takes it back', () => {
    const once = toggleValue([], 'channel', 'Store')
    expect(formatFilters(once)).toBe('channel:Store')
    expect(toggleValue(once, 'channel', 'Store')).toEqual([])
  })
  test('on another value replaces, in the place of the old chip', () => {
    expect(formatFilters(toggleValue(some, 'segment', 'Regular'))).toBe(
      'segment:Regular;country:UK',
    )
  })
  test('with exclude collects values', () => {
    const two = toggleValue(toggleValue([], 'channel', 'Store', true), 'channel', 'Phone', true)
    expect(formatFilters(two)).toBe('channel!:Store,Phone')
  })
})

test('a filter without values is dropped', () => {
  expect(setFilter(parseFilters('a:1;b:2'), { field: 'a', exclude: false, values: [] })).toEqual(
    parseFilters('b:2'),
  )
})
