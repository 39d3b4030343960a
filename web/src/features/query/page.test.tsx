import { expect, test } from 'vitest'

import type { Workspace } from '@/api/client'

import { titleOf } from './page'

const workspace = {
  model: {
    metrics: [
      { name: 'revenue', label: 'Revenue' },
      { name: 'orders', label: 'Orders' },
    ],
    dimensions: [
      { name: 'month', label: 'Month' },
      { name: 'segment', label: 'Segment' },
    ],
  },
} as unknown as Workspace

test.each([
  [['revenue'], [], 'Revenue'],
  [['revenue', 'orders'], ['month'], 'Revenue and orders by month'],
  [[], ['month', 'segment'], 'Values by month and segment'],
  [['gone'], [], 'gone'],
])('%s by %s is called %s', (metrics, dimensions, title) => {
  expect(titleOf({ metrics, dimensions }, workspace)).toBe(title)
})
