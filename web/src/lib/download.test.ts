import { expect, test } from 'vitest'

import { fileStem, toCsv } from './download'

test('cells with commas, quotes and line ends are quoted', () => {
  expect(
    toCsv(
      ['a', 'b'],
      [
        ['x,y', 1],
        ['say "hi"\n', null],
      ],
    ),
  ).toBe('a,b\r\n"x,y",1\r\n"say ""hi""\n",\r\n')
})

test('a title becomes a file name', () => {
  expect(fileStem('Revenue by week: €!')).toBe('revenue-by-week')
})
