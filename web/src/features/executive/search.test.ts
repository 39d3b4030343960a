import { expect, test } from 'vitest'

import { executiveSearch } from './search'

test.each([
  [{ g: 'month' }, { g: 'month' }],
  [{ g: 'hour' }, {}],
  [{}, {}],
])('reads %j', (search, expected) => {
  expect(executiveSearch.parse(search)).toEqual(expected)
})
