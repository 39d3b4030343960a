import type { Dimension, Value } from '@/api/client'
import { asNumber, columnOf, filterValue, single, valueLabel } from '@/api/query'
import { Button } from '@/components/button'
import { cardState, type CardState } from '@/components/card'
import { ChartCard } from '@/components/chart-card'
import type { Span } from '@/components/grid'
import { Leaderboard, type LeaderboardRow } from '@/components/leaderboard'
import { useRows } from '@/components/rows'
import { useValueMenu } from '@/components/value-menu'
import { useView, useViewActions } from '@/components/view'
import { useFormat } from '@/lib/format-context'
import { countOf, formatShare } from '@/lib/number-format'
import { setFilter } from '@/lib/filters'

import { keyOf } from './queries'
import { answerOf, cardAnswer, type CardContext } from './reading'

const SHOWN = 6

export function RankingCard(props: CardContext & { dimension: Dimension; span: Span }) {
  const { view, plan, answers, dimension, span } = props
  const { main, count } = plan
  const format = useFormat()
  const { open } = useRows()
  const onMark = useValueMenu(main.name, dimension.name)
  const now = answerOf(answers, keyOf('by', dimension.name))
  const before = answerOf(answers, keyOf('by', dimension.name, true))
  const totals = answerOf(answers, keyOf('all', 'n'))
  const total = totals && single(totals, main.name)
  const n = totals && count ? single(totals, count.name) : null
  const values = now ? columnOf(now, dimension.name) : []
  const numbers = now ? columnOf(now, main.name).map(asNumber) : []
  const old = new Map(
    before
      ? columnOf(before, dimension.name).map((value, index) => [
          filterValue(value),
          asNumber(columnOf(before, main.name)[index]),
        ])
      : [],
  )
  const largest = Math.max(0, ...numbers.map((number) => number ?? 0)) || 1
  const filter = view.filters.find((item) => item.field === dimension.name)
  const rows = values.slice(0, SHOWN).map((value, index): LeaderboardRow => {
    const number = numbers[index] ?? null
    const key = filterValue(value)
    return {
      key: key ?? '(null)',
      label: valueLabel(value),
      size: (number ?? 0) / largest,
      value: format.short(number, main.unit),
      exact: format.exact(number, main.unit),
      share: formatShare(main.additive && number !== null && total ? number / total : null),
      delta: format.delta(number, old.get(key) ?? null, main.unit, main.good),
      faded: filter !== undefined && filter.values.includes(key) === filter.exclude,
    }
  })
  const groups = now?.num_rows ?? 0
  const restSum = numbers.slice(SHOWN).reduce<number>((sum, number) => sum + (number ?? 0), 0)
  const foot =
    groups > SHOWN
      ? `${SHOWN} of ${groups}${main.additive && groups <= numbers.length ? `, ${format.short(restSum, main.unit)} in the rest` : ''}`
      : undefined
  return (
    <ChartCard
      title={`${main.label} by ${dimension.label.toLowerCase()}`}
      sub={[n === null ? null : `n = ${countOf(n, 'order')}`, now ? countOf(groups, 'value') : null]
        .filter(Boolean)
        .join(' · ')}
      span={span}
      height={216}
      state={useRankingState(cardState(cardAnswer(answers, keyOf('by', dimension.name))), groups)}
      query={plan.queries[keyOf('by', dimension.name)]}
      table={{
        columns: [
          { name: dimension.name, label: dimension.label, type: 'text' },
          { name: main.name, label: main.label, type: 'decimal', unit: main.unit },
        ],
        rows: values.map((value, index): Value[] => [valueLabel(value), numbers[index] ?? null]),
      }}
      onRows={(index) => {
        open(main.name, [[dimension.name, values[index] ?? null]])
      }}
    >
      <Leaderboard
        name={dimension.label}
        valueName={main.label}
        shares={main.additive}
        changes={view.compared !== null}
        rows={rows}
        {...(foot === undefined ? {} : { foot })}
        onSelect={(index, exclude) => {
          const row = rows[index]
          if (row) onMark({ ...row, detail: row.exact, at: values[index] ?? null }, exclude)
        }}
      />
    </ChartCard>
  )
}

/** Nothing left: says which filters are set, and offers to drop the last one. */
function useRankingState(state: CardState, groups: number): CardState {
  const { filters, range } = useView()
  const { setFilters } = useViewActions()
  if (state.kind !== 'shown' || groups > 0) return state
  const last = filters.at(-1)
  if (!last)
    return {
      kind: 'empty',
      title: `Nothing in ${range.label.toLowerCase()}`,
      detail: 'Choose a longer period.',
    }
  return {
    kind: 'empty',
    title: 'Nothing matches these filters',
    detail: `${filters.length} ${filters.length === 1 ? 'filter is' : 'filters are'} set for ${range.label.toLowerCase()}.`,
    actions: (
      <Button
        onClick={() => {
          setFilters(setFilter(filters, { ...last, values: [] }))
        }}
      >
        Drop {last.field.replaceAll('_', ' ')}
      </Button>
    ),
  }
}
