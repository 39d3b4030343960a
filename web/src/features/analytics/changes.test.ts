import { expect, test } from 'vitest'

import { createFormat } from '@/lib/number-format'

import { changeNews, changeSteps } from './changes'

const explained = {
  metric: { name: 'revenue', label: 'Revenue', unit: 'currency', type: 'decimal' },
  before: { from: '2026-01-01', to: '2026-02-01', value: 1000 },
  after: { from: '2026-02-01', to: '2026-03-01', value: 900 },
  change: -100,
  growth: -0.1,
  verdict: { text: 'within what the coming and going of single customers makes' },
  waterfall: [
    { label: '2026-01-01 to 2026-01-31', value: 1000 },
    { label: 'New customers', value: 150 },
    { label: 'Lost customers', value: -240 },
    { label: 'Kept customers: price', value: -10 },
    { label: '2026-02-01 to 2026-02-28', value: 900 },
  ],
} as never

test('a change is told by its size and its two strongest parts', () => {
  const news = changeNews(explained, createFormat('EUR'))
  expect(news).toMatch(/^Revenue fell by \*\*\u20ac100(\.0+)?\*\* \(10(\.0)?\u00a0?\s?%\): /)
  expect(news.indexOf('lost customers')).toBeLessThan(news.indexOf('new customers'))
  expect(news).not.toContain('price')
  expect(news).toMatch(/makes\.$/)
})

test('the steps between the totals add up to the change', () => {
  const steps = changeSteps(explained)
  expect(steps).not.toBeNull()
  const sum = (steps?.steps ?? []).reduce((total, step) => total + step.change, 0)
  expect((steps?.base.value ?? 0) + sum).toBe(steps?.result.value)
  expect(steps?.base.label).toContain('Jan')
})
