import { render, screen } from '@testing-library/react'
import { expect, test, vi } from 'vitest'

import { BarChart } from './bar-chart'
import { nextPoint } from './canvas-chart'

const chart = vi.hoisted(() => ({
  setOption: vi.fn(),
  dispatchAction: vi.fn(),
  dispose: vi.fn(),
  resize: vi.fn(),
  on: vi.fn(),
  off: vi.fn(),
  isDisposed: () => false,
  getZr: () => ({ on: vi.fn(), off: vi.fn() }),
  getDataURL: () => 'data:image/png;base64,',
}))
vi.mock('./echarts', () => ({ init: () => chart }))

test('a chart says its takeaway and can be walked by keys', async () => {
  Object.defineProperty(document, 'fonts', {
    configurable: true,
    value: { load: () => Promise.resolve([]) },
  })
  const bars = [
    { label: 'Gold', value: 4 },
    { label: 'Silver', value: 1 },
  ]
  render(<BarChart title="Gold has most customers" bars={bars} unit="count" name="Customers" />)
  const box = screen.getByRole('img', { name: 'Gold has most customers' })
  await vi.waitFor(() => {
    expect(chart.setOption).toHaveBeenCalled()
  })
  box.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true }))
  expect(chart.dispatchAction).toHaveBeenCalledWith({
    type: 'showTip',
    seriesIndex: 0,
    dataIndex: 0,
  })
})

test.each([
  ['ArrowRight', -1, 0],
  ['ArrowRight', 4, 4],
  ['ArrowLeft', -1, 4],
  ['ArrowLeft', 0, 0],
  ['Home', 3, 0],
  ['End', 0, 4],
  ['a', 2, null],
])('%s from point %d leads to %s of five', (key, at, next) => {
  expect(nextPoint(key, at, 5)).toBe(next)
})
