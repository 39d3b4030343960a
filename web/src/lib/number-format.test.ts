import { describe, expect, test } from 'vitest'

import { countOf, createFormat, formatShare } from './number-format'

const format = createFormat('EUR')
const plainSpaces = (text: string | null | undefined) => text?.replaceAll('\u00a0', ' ')

describe('a number in a card', () => {
  test.each([
    [1_841_260, 'currency', '€1.84 M'],
    [612_480, 'currency', '€612 k'],
    [9_999, 'currency', '€9,999'],
    [10_000, 'currency', '€10.0 k'],
    [195.6, 'currency', '€195.6'],
    [84, 'currency', '€84.00'],
    [-138_320, 'currency', '−€138 k'],
    [999_950, 'count', '1.00 M'],
    [3_187, 'count', '3,187'],
    [2_500_000_000, 'count', '2.50 B'],
    [0.2137, 'percent', '21.4 %'],
    [212, 'days', '212 days'],
    [0, 'count', '0'],
  ] as const)('%d of %s is %s', (value, unit, text) => {
    expect(plainSpaces(format.short(value, unit))).toBe(text)
  })
  test('that is missing is a dash, not a zero', () => {
    expect(format.short(null, 'count')).toBe('–')
  })
  test('keeps its unit by a no-break space', () => {
    expect(format.short(12_345, 'count')).toBe('12.3\u00a0k')
  })
  test('of a currency without a sign carries its code', () => {
    expect(plainSpaces(createFormat('NOK').short(500, 'currency'))).toMatch(/^(NOK|kr) 500\.0$/)
  })
  test('of a currency nobody knows carries its code too', () => {
    expect(plainSpaces(createFormat('?').short(500, 'currency'))).toBe('? 500.0')
  })
})

test('a number in a table is exact', () => {
  expect(format.exact(8_911_407.9, 'currency')).toBe('€8,911,407.90')
  expect(format.exact(-3, 'number', 1)).toBe('−3.0')
})

describe('an axis', () => {
  test('has one unit, said on the top label only', () => {
    expect(format.axis([0, 25_000, 50_000, 75_000, 100_000], 'currency').map(plainSpaces)).toEqual([
      '0',
      '25 k',
      '50 k',
      '75 k',
      '€100 k',
    ])
  })
  test('of shares is in percent', () => {
    expect(format.axis([0, 0.125, 0.25], 'percent').map(plainSpaces)).toEqual([
      '0',
      '12.5',
      '25.0 %',
    ])
  })
})

describe('a change', () => {
  test('tells sign, size and share', () => {
    const delta = format.delta(1_841_260, 1_702_940, 'currency', 'up')
    expect(delta).toMatchObject({ direction: 'up', tone: 'good' })
    expect(plainSpaces(delta?.absolute)).toBe('+€138 k')
    expect(plainSpaces(delta?.relative)).toBe('+8.1 %')
  })
  test('is told as finely as its number', () => {
    expect(format.delta(276.7, 266.7, 'currency', 'up')?.absolute).toBe('+€10.0')
  })
  test('is coloured by what is good, not by its sign', () => {
    const delta = format.delta(0.214, 0.23, 'percent', 'down')
    expect(delta).toMatchObject({ direction: 'down', tone: 'good', relative: null })
    expect(plainSpaces(delta?.absolute)).toBe('−1.6 pp')
  })
  test('without something to compare is absent', () => {
    expect(format.delta(3, null, 'count', 'up')).toBeNull()
    expect(format.delta(3, 0, 'count', 'up')?.relative).toBeNull()
  })
})

test('words around counts', () => {
  expect(plainSpaces(countOf(1, 'row'))).toBe('1 row')
  expect(plainSpaces(countOf(24_812, 'row'))).toBe('24,812 rows')
  expect(plainSpaces(formatShare(-0.081))).toBe('−8.1 %')
})
