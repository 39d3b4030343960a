import { expect, test } from 'vitest'

import { niceTicks } from './ticks'

test.each([
  [
    [61_000, 84_000],
    [0, 25_000, 50_000, 75_000, 100_000],
  ],
  [
    [0.12, 0.21],
    [0, 0.1, 0.2, 0.3],
  ],
  [
    [-5, 12],
    [-5, 0, 5, 10, 15],
  ],
  [[7], [0, 2, 4, 6, 8]],
  [[], [0, 0.25, 0.5, 0.75, 1]],
  [
    [0, 0],
    [0, 0.25, 0.5, 0.75, 1],
  ],
])('%j gets %j', (values, ticks) => {
  expect(niceTicks(values)).toEqual(ticks)
})

test('an axis of a line may leave zero out', () => {
  expect(niceTicks([101, 108], false)).toEqual([100, 102, 104, 106, 108])
})
