import { expect, test } from 'vitest'

import { parseSearch, stringifySearch, viewSearch } from './view-search'

test.each([
  ['?t=30d&vs=year&f=segment:Premium', { t: '30d', vs: 'year', f: 'segment:Premium' }],
  ['?t=whenever&vs=7', {}],
  ['?t=2026-01-01..2026-02-01', { t: '2026-01-01..2026-02-01' }],
  ['', {}],
])('reads %s', (text, expected) => {
  expect(viewSearch.parse(parseSearch(text))).toEqual(expected)
})

test('writes what a person can read, and reads it back', () => {
  const search = {
    t: '26w',
    f: 'segment:Premium,Regular;country!:UK',
    q: 'a b&c=d+e',
    gone: undefined,
  }
  const text = stringifySearch(search)
  expect(text).toBe('?t=26w&f=segment:Premium,Regular;country!:UK&q=a+b%26c%3Dd%2Be')
  expect(parseSearch(text)).toEqual({ t: '26w', f: search.f, q: search.q })
})
