import { expect, test } from 'vitest'

import { withinNormalVariation } from './variation'

test('a steady gain is a change, a wobble is not', () => {
  const before = [10, 12, 9, 11, 10, 12, 11]
  expect(withinNormalVariation([13, 15, 12, 14, 13, 15, 15], before)).toBe(false)
  expect(withinNormalVariation([12, 9, 11, 10, 12, 11, 10], before)).toBe(true)
})

test('a slow rise counts as change, not as noise', () => {
  const flat = [10, 10, 10, 10, 10, 10, 10, 10]
  expect(withinNormalVariation([9, 10, 11, 12, 13, 14, 15, 16], flat)).toBe(false)
})

test('few buckets are never called normal', () => {
  expect(withinNormalVariation([1, 2, 3], [1, 2, 3])).toBe(false)
  expect(withinNormalVariation([1, null, 3, 4, 5, 6], [2, 1, 2, 5, 4, 7])).toBe(false)
})
