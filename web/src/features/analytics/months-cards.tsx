// The metric in front month by month, and over the days of the week.

import { IconZoomIn } from '@tabler/icons-react'

import type { Metric, Value } from '@/api/client'
import { findDimension, timeDimension, useWorkspace } from '@/api/workspace'
import { BarChart } from '@/charts/bar-chart'
import { Card, queryState } from '@/components/card'
import { ChartCard } from '@/components/chart-card'
import { DataTable, type TableColumn } from '@/components/data-table'
import { useMarkMenu } from '@/components/mark-menu'
import { useRows } from '@/components/rows'
import { Tag } from '@/components/tag'
import { seeRows } from '@/components/value-menu'
import { useViewActions } from '@/components/view'
import { addDays, nextStart } from '@/lib/dates'
import { useFormat } from '@/lib/format-context'
import { countOf, formatShare, type Format } from '@/lib/number-format'

import type { AnalysisQuery, Trends } from './analyses'
import { lastGrowth, monthsOf, shortLabel, type Month } from './months'
import { useEmptyState } from './states'
import { usePhone } from './use-phone'

const WEEKDAY = 'weekday' // The dimension of that name.

interface Props {
  metric: Metric
  trends: AnalysisQuery<'trends'>
  period: string
}

/** +8.1 %, −1.6 %. */
const signedShare = (share: number) => (share > 0 ? '+' : '') + formatShare(share)

const columnsOf = (metric: Metric, format: Format): TableColumn[] => {
  const decimals = metric.unit === 'currency' ? 0 : undefined
  return [
    {
      name: 'month',
      label: 'Month',
      type: 'text',
      render: (value, row) => (
        <>
          {String(value)} {row.at(-1) === false && <Tag>incomplete</Tag>}
        </>
      ),
    },
    {
      name: 'value',
      label: metric.label,
      type: 'decimal',
      unit: metric.unit,
      render: (value) => format.short(typeof value === 'number' ? value : null, metric.unit),
    },
    {
      name: 'change',
      label: 'Change',
      type: 'decimal',
      unit: metric.unit,
      render: (value) =>
        typeof value === 'number'
          ? (value > 0 ? '+' : '') + format.exact(value, metric.unit, decimals)
          : '–',
    },
    {
      name: 'growth',
      label: 'Growth',
      type: 'number',
      unit: 'percent',
      render: (value) => (typeof value === 'number' ? signedShare(value) : '–'),
    },
  ]
}

const rowOf = (month: Month): Value[] => [
  month.label,
  month.value,
  month.change,
  month.growth,
  month.complete,
]

function useMonths({ trends, metric }: Props) {
  // While another metric is on its way its numbers would stand under the wrong name.
  const data = trends.data?.metric === metric.name ? trends.data : undefined
  const months = monthsOf(data?.points ?? [])
  const nothing = data !== undefined && months.every((month) => month.value === null)
  const state = useEmptyState(
    trends.data && !data ? { kind: 'loading' } : queryState(trends),
    nothing,
  )
  return { data, months, state }
}

export function MonthsCard(props: Props) {
  const { metric, period } = props
  const format = useFormat()
  const { setTime } = useViewActions()
  const { open } = useRows()
  const onMenu = useMarkMenu()
  const time = timeDimension(useWorkspace(), 'month', metric.table)
  const { months, state } = useMonths(props)
  const see = (index: number) => {
    const start = months[index]?.start
    if (start !== undefined && time) open(metric.name, [[time.name, start]])
  }
  const partial = months.filter((month) => !month.complete).length
  return (
    <ChartCard
      title={`${metric.label} month over month`}
      sub={`${countOf(months.length, 'month')}${partial > 0 ? `, ${partial} incomplete` : ''} · ${period}`}
      span={5}
      height={240}
      state={state}
      table={{ columns: columnsOf(metric, format), rows: months.map(rowOf) }}
      onRows={see}
    >
      <BarChart
        title={monthsTakeaway(metric.label, months)}
        bars={months.map((month, index) => ({
          label: shortLabel(months, index),
          value: month.value,
          ...(month.complete ? {} : { partial: true }),
          ...(month.growth !== null && months.length <= 14
            ? { mark: signedShare(month.growth) }
            : {}),
          note: [
            month.complete ? null : 'Incomplete month',
            month.n === null ? null : `n = ${countOf(month.n, 'order')}`,
          ]
            .filter((part) => part !== null)
            .join(' · '),
        }))}
        unit={metric.unit}
        name={metric.label}
        height={236}
        onSelect={(index) => {
          const month = months[index]
          if (!month) return
          onMenu({
            name: month.label,
            detail: format.exact(month.value, metric.unit),
            actions: [
              seeRows(() => {
                see(index)
              }),
              {
                icon: IconZoomIn,
                label: 'Zoom into the month',
                run: () => {
                  setTime(`${month.start}..${addDays(nextStart('month', month.start), -1)}`)
                },
              },
            ],
          })
        }}
      />
    </ChartCard>
  )
}

export function monthsTakeaway(label: string, months: readonly Month[]): string {
  const last = lastGrowth(months)
  if (last?.growth == null) return `${label} by month.`
  const verb = last.growth > 0 ? 'rose' : last.growth < 0 ? 'fell' : 'did not change'
  const much = last.growth === 0 ? '' : ` by ${formatShare(Math.abs(last.growth))}`
  return `${label} ${verb}${much} in ${last.label} against the month before.`
}

export function MonthsTable(props: Props) {
  const { metric } = props
  const format = useFormat()
  const { months, state } = useMonths(props)
  const phone = usePhone()
  const columns = columnsOf(metric, format)
  const whole = months.filter((month) => month.growth !== null)
  const up = whole.filter((month) => (month.growth ?? 0) > 0).length
  return (
    <Card
      title="Growth by month"
      sub={
        whole.length > 0
          ? `${up} of ${countOf(whole.length, 'month')} above the month before`
          : 'growth needs two whole months'
      }
      span={4}
      height={240}
      state={state}
    >
      <DataTable
        label={`${metric.label} by month, newest first`}
        columns={phone ? columns.filter((column) => column.name !== 'change') : columns}
        rows={months
          .toReversed()
          .map(rowOf)
          .map((row) => (phone ? row.toSpliced(2, 1) : row))}
        maxHeight={240}
        compact
      />
    </Card>
  )
}

export function WeekdaysCard(props: Props) {
  const { metric } = props
  const { data, state } = useMonths(props)
  const format = useFormat()
  const { open } = useRows()
  const isAsked = findDimension(useWorkspace(), WEEKDAY) !== undefined
  const weekdays = data?.weekdays ?? []
  const see = (index: number) => {
    const day = weekdays[index]
    if (day && isAsked) open(metric.name, [[WEEKDAY, day.weekday]])
  }
  return (
    <ChartCard
      title="Day of the week"
      sub={metric.additive ? 'mean per day, and share of all' : 'mean of the daily values'}
      span={3}
      height={240}
      state={state}
      table={{
        columns: [
          { name: 'weekday', label: 'Day', type: 'text' },
          { name: 'value', label: 'Mean per day', type: 'decimal', unit: metric.unit },
          ...(metric.additive
            ? [{ name: 'share', label: 'Share', type: 'number' as const, unit: 'percent' as const }]
            : []),
          { name: 'n', label: 'Days', type: 'int' },
        ],
        rows: weekdays.map((day): Value[] =>
          metric.additive
            ? [day.weekday, day.value, day.share, day.n]
            : [day.weekday, day.value, day.n],
        ),
      }}
      onRows={see}
    >
      <BarChart
        title={weekdayTakeaway(metric.label, weekdays, (value) => format.short(value, metric.unit))}
        bars={weekdays.map((day) => ({
          label: day.weekday.slice(0, 2),
          value: day.value,
          ...(metric.additive && day.share !== null ? { mark: formatShare(day.share, 0) } : {}),
          note: `n = ${countOf(day.n, day.weekday)}`,
        }))}
        unit={metric.unit}
        name={metric.label}
        height={236}
        onSelect={see}
      />
    </ChartCard>
  )
}

export function weekdayTakeaway(
  label: string,
  weekdays: Trends['weekdays'],
  told: (value: number | null) => string,
): string {
  const known = weekdays.filter((day) => day.value !== null)
  const [top] = known.toSorted((a, b) => (b.value ?? 0) - (a.value ?? 0))
  if (!top) return `${label} by day of the week: nothing in this period.`
  return `${label} is highest on ${top.weekday}s: ${told(top.value)} a day.`
}
