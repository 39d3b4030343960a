import { render, screen, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test, vi } from 'vitest'

import { ApiError } from '@/api/client'

import { Card, cardState } from './card'
import { DataTable, rangeText } from './data-table'
import { KpiCard } from './kpi-card'
import { Leaderboard } from './leaderboard'
import { PageHead } from './page-head'
import { SegmentedControl } from './segmented-control'

const retry = vi.fn()
const failed = (code: 'forbidden' | 'invalid_argument' | 'unavailable') =>
  cardState({ state: 'failed', error: new ApiError({ code, message: 'city is hidden' }), retry })

test('a refusal does not look like an error', () => {
  render(<Card title="City" state={failed('forbidden')} />)
  expect(screen.queryByRole('alert')).toBeNull()
  expect(screen.getByText('Your role may not see this')).toBeDefined()
  expect(screen.getByText('City is hidden.')).toBeDefined()
})

test('a passing failure offers to run again, a wrong question does not', async () => {
  const { unmount } = render(<Card title="City" state={failed('unavailable')} />)
  await userEvent.click(screen.getByRole('button', { name: 'Run again' }))
  expect(retry).toHaveBeenCalledOnce()
  unmount()
  render(<Card title="City" state={failed('invalid_argument')} />)
  expect(screen.queryByRole('button')).toBeNull()
})

test('old values stay while new ones are on their way', () => {
  render(
    <Card title="City" state={{ kind: 'shown', stale: true }}>
      old values
    </Card>,
  )
  expect(screen.getByText('old values').closest('[aria-busy="true"]')).not.toBeNull()
})

const metric = {
  label: 'Churn rate',
  description: 'Share who left',
  unit: 'percent',
  good: 'down',
} as const

test('a KPI without anything to compare shows no delta and no zero', () => {
  const { container } = render(
    <KpiCard metric={metric} state={{ kind: 'shown' }} value={0.214} before={null} />,
  )
  expect(container.textContent).toContain('21.4%')
  expect(container.textContent).not.toContain('pp')
})

test('a KPI colours by what is good, and keeps quiet inside normal variation', () => {
  const card = (normal: boolean) => (
    <KpiCard metric={metric} state={{ kind: 'shown' }} value={0.2} before={0.23} normal={normal} />
  )
  const { container, rerender } = render(card(false))
  expect(container.querySelector('.good')?.textContent).toContain('−3.0\u00a0pp')
  rerender(card(true))
  expect(container.querySelector('.good')).toBeNull()
  expect(container.textContent).toContain('within normal variation')
})

test('a table aligns numbers, keeps their decimals equal and shows what is missing as a dash', async () => {
  const sort = vi.fn()
  render(
    <DataTable
      label="Orders"
      columns={[
        { name: 'country', label: 'Country', type: 'text' },
        { name: 'share', label: 'Weight', type: 'number' },
      ]}
      rows={[
        ['Norway', 1.5],
        ['Sweden', 2],
        ['Denmark', null],
      ]}
      total={25_012}
      onSort={sort}
    />,
  )
  const cells = screen.getAllByRole('cell').map((cell) => cell.textContent)
  expect(cells).toEqual(['Norway', '1.5', 'Sweden', '2.0', 'Denmark', '–'])
  expect(screen.getByText('1–3 of 25,012')).toBeDefined()
  await userEvent.click(screen.getByRole('button', { name: 'Weight' }))
  expect(sort).toHaveBeenCalledWith('share')
})

test('an empty table says so', () => {
  expect(rangeText(0, 0, 0)).toBe('None')
})

test('a click on a row picks it, with Ctrl it excludes', async () => {
  const select = vi.fn()
  const rows = [{ key: 'a', label: 'Online', size: 1, value: '€1', exact: '€1.00' }]
  render(<Leaderboard name="Channel" valueName="Revenue" rows={rows} onSelect={select} />)
  const user = userEvent.setup()
  await user.click(screen.getByRole('button', { name: 'Online' }))
  await user.keyboard('{Control>}')
  await user.click(within(screen.getByRole('table')).getByText('€1'))
  expect(select.mock.calls).toEqual([
    [0, false],
    [0, true],
  ])
})

test('a segmented control is a group of radio buttons', async () => {
  const change = vi.fn()
  const options = [
    { value: 'day', label: 'Day' },
    { value: 'week', label: 'Week' },
  ]
  render(<SegmentedControl label="Grain" options={options} value="day" onChange={change} />)
  await userEvent.click(screen.getByRole('radio', { name: 'Week' }))
  expect(change).toHaveBeenCalledWith('week')
})

test('the news marks its numbers, and the cost is told beside them', () => {
  render(<PageHead title="Page" news="Revenue grew **8.1 %**." rowsRead={24_812} elapsedMs={6.2} />)
  expect(screen.getByText('8.1 %').tagName).toBe('B')
  expect(screen.getByText(/24,812.rows in 6\.2.ms/)).toBeDefined()
})
