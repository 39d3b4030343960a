import { IconZoomIn } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import type { Value, Workspace } from '@/api/client'
import { single } from '@/api/query'
import { timeDimension } from '@/api/workspace'
import { LineChart } from '@/charts/line-chart'
import { cardState } from '@/components/card'
import { ChartCard, LegendItem } from '@/components/chart-card'
import type { TableColumn } from '@/components/data-table'
import { useMarkMenu } from '@/components/mark-menu'
import { useRows } from '@/components/rows'
import { SegmentedControl } from '@/components/segmented-control'
import { seeRows } from '@/components/value-menu'
import { useViewActions } from '@/components/view'
import { addDays, formatBucket, formatSpan, nextStart } from '@/lib/dates'
import { useFormat } from '@/lib/format-context'
import { countOf } from '@/lib/number-format'

import { keyOf } from './queries'
import { answerOf, cardAnswer, readSeries, type CardContext, type Series } from './reading'

const GRAINS = [
  { value: 'day', label: 'Day' },
  { value: 'week', label: 'Week' },
  { value: 'month', label: 'Month' },
] as const

export function RevenueCard(props: CardContext & { workspace: Workspace }) {
  const { view, plan, answers } = props
  const { main, count, grain } = plan
  const navigate = useNavigate()
  const { setTime } = useViewActions()
  const { open } = useRows()
  const onMenu = useMarkMenu()
  const format = useFormat()
  const series = readSeries('line', main.name, main, grain, props)
  const counts = count && readSeries('line', main.name, count, grain, props)
  const totals = answerOf(answers, keyOf('all', 'n'))
  const n = totals && count ? single(totals, count.name) : null
  const period = formatSpan(view.range.from, addDays(view.range.to, -1), true)
  const time = timeDimension(props.workspace, grain, main.table)
  const see = (index: number) => {
    const start = series?.starts[index]
    if (start !== undefined && time) open(main.name, [[time.name, start]])
  }
  // A point leads to its rows, or into its bucket day by day.
  const onPoint = (index: number) => {
    const start = series?.starts[index]
    if (start === undefined) return
    const actions = [
      seeRows(() => {
        see(index)
      }),
    ]
    if (grain !== 'day')
      actions.push({
        icon: IconZoomIn,
        label: `Zoom into the ${grain}`,
        run: () => {
          setTime(`${start}..${addDays(nextStart(grain, start), -1)}`)
        },
      })
    const value = series?.values[index] ?? null
    onMenu({ name: formatBucket(grain, start), detail: format.exact(value, main.unit), actions })
  }
  return (
    <ChartCard
      title={`${main.label} by ${grain}`}
      sub={[n === null ? null : `n = ${countOf(n, 'order')}`, period].filter(Boolean).join(' · ')}
      span={8}
      height={230}
      state={cardState(cardAnswer(answers, keyOf('line', main.name)))}
      query={plan.queries[keyOf('line', main.name)]}
      table={tableOf(series, props)}
      onRows={see}
      tools={
        <SegmentedControl
          label={`Grain of ${main.label}`}
          options={GRAINS}
          value={grain === 'day' || grain === 'month' ? grain : 'week'}
          onChange={(g) => {
            void navigate({ to: '.', search: (old) => ({ ...old, g }) })
          }}
        />
      }
      legend={
        series && (
          <>
            <LegendItem name="This period" color="var(--primary)" />
            {view.compared && series.before && (
              <LegendItem
                name={capital(view.compared.label)}
                color="var(--neutral-mark)"
                dash="3 4"
              />
            )}
            {series.incomplete && (
              <LegendItem name={`Incomplete ${grain}`} color="var(--primary)" dash="4 4" />
            )}
          </>
        )
      }
    >
      {series && (
        <LineChart
          title={takeaway(series, main.label, (value) => format.short(value, main.unit), grain)}
          grain={grain}
          starts={series.starts}
          lines={[{ name: 'This period', values: series.values }]}
          unit={main.unit}
          good={main.good}
          comparison={
            series.before && view.compared
              ? { name: capital(view.compared.label), values: series.before }
              : null
          }
          incomplete={series.incomplete}
          {...(counts ? { counts: { values: counts.values, noun: 'order' } } : {})}
          onSelect={onPoint}
        />
      )}
    </ChartCard>
  )
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

export function takeaway(
  series: Series,
  label: string,
  told: (value: number | null) => string,
  grain: string,
): string {
  const whole = series.incomplete ? series.values.slice(0, -1) : series.values
  const first = whole.find((value) => value !== null) ?? null
  const last = whole.findLast((value) => value !== null) ?? null
  if (first === null || last === null) return `${label} by ${grain}: nothing in this period.`
  const verb = last > first ? 'rose' : last < first ? 'fell' : 'stayed'
  const tail = series.incomplete ? ` The last ${grain} is incomplete.` : ''
  return `${label} by ${grain} ${verb} from ${told(first)} to ${told(last)}.${tail}`
}

function tableOf(series: Series | null, { plan, view }: CardContext) {
  const { main, grain } = plan
  const columns: TableColumn[] = [
    { name: 'bucket', label: capital(grain), type: 'text' },
    { name: 'now', label: 'This period', type: 'decimal', unit: main.unit },
  ]
  if (view.compared) {
    columns.push({
      name: 'before',
      label: capital(view.compared.label),
      type: 'decimal',
      unit: main.unit,
    })
  }
  const rows = (series?.starts ?? []).map((start, index): Value[] => [
    formatBucket(grain, start),
    series?.values[index] ?? null,
    series?.before?.[index] ?? null,
  ])
  return { columns, rows }
}
