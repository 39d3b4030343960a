import { IconFilter } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'

import type { Value } from '@/api/client'
import { filterValue } from '@/api/query'
import { DriverBars } from '@/charts/driver-bars'
import { cardState, type CardState } from '@/components/card'
import { ChartCard } from '@/components/chart-card'
import { useMarkMenu } from '@/components/mark-menu'
import { useRows, type Group } from '@/components/rows'
import { seeRows } from '@/components/value-menu'
import { useViewActions } from '@/components/view'
import { useFormat } from '@/lib/format-context'
import { setFilter } from '@/lib/filters'

import { changesOf, totalChange, type Change } from './drivers'
import styles from './drivers-card.module.css'
import { keyOf, type ExecutivePlan } from './queries'
import { answerOf, cardAnswer, type CardContext } from './reading'

const SHOWN = 7

export function DriversCard(
  props: CardContext & { cross: ExecutivePlan['cross'][number] | undefined },
) {
  const { view, plan, answers, cross } = props
  const format = useFormat()
  const { setFilters } = useViewActions()
  const { open } = useRows()
  const onMenu = useMarkMenu()
  const { main } = plan
  const key = cross ? `${cross[0].name},${cross[1].name}` : ''
  const now = answerOf(answers, keyOf('cross', key))
  const before = answerOf(answers, keyOf('cross', key, true))
  const changes = now && before ? changesOf(now, before) : []
  const shown = changes.slice(0, SHOWN).toSorted((a, b) => b.change - a.change)
  const rest = changes.slice(SHOWN)
  const total = totalChange(changes)
  const sides = cross ? `${cross[0].label.toLowerCase()} × ${cross[1].label.toLowerCase()}` : ''
  const tone = (change: number) =>
    main.good === 'none' || change === 0
      ? 'flat'
      : change > 0 === (main.good === 'up')
        ? 'good'
        : 'bad'
  return (
    <ChartCard
      title={`What moved ${main.label.toLowerCase()}`}
      sub={changes.length > 0 ? `${exactSigned(total, main.unit, format)} · ${sides}` : sides}
      span={4}
      height={230}
      state={stateOf(props, key)}
      table={{
        columns: [
          { name: 'first', label: cross?.[0].label ?? '', type: 'text' },
          { name: 'second', label: cross?.[1].label ?? '', type: 'text' },
          { name: 'before', label: 'Before', type: 'decimal', unit: main.unit },
          { name: 'now', label: 'Now', type: 'decimal', unit: main.unit },
          { name: 'change', label: 'Change', type: 'decimal', unit: main.unit },
        ],
        rows: changes.map((item): Value[] => [
          item.first,
          item.second,
          item.before,
          item.now,
          item.change,
        ]),
      }}
      onRows={(index) => {
        const item = changes[index]
        if (item && cross) open(main.name, groupOf(item, cross))
      }}
    >
      <DriverBars
        title={`What moved ${main.label.toLowerCase()}: ${shown[0]?.label ?? 'nothing'} most`}
        drivers={shown.map((item) => ({
          label: item.label,
          change: item.change,
          text: format.signed(item.change, 'number'),
          tone: tone(item.change),
        }))}
        onSelect={(index) => {
          const item = shown[index]
          if (!item || !cross) return
          const [first, second] = cross
          const one = (filters: typeof view.filters, field: string, value: Value) =>
            setFilter(filters, { field, exclude: false, values: [filterValue(value)] })
          onMenu({
            name: item.label,
            detail: `${format.exact(item.now, main.unit)} now, ${format.exact(item.before, main.unit)} before`,
            actions: [
              seeRows(() => {
                open(main.name, groupOf(item, cross))
              }),
              {
                icon: IconFilter,
                label: 'Filter to both',
                run: () => {
                  setFilters(
                    one(one(view.filters, first.name, item.first), second.name, item.second),
                  )
                },
              },
            ],
          })
        }}
      />
      <div className={`${styles.foot ?? ''} num`}>
        <span>
          {rest.length > 0
            ? `${shown.length} of ${changes.length} combinations, ${format.signed(totalChange(rest), 'number')} in the rest`
            : `All ${changes.length} combinations`}
        </span>
        <Link className="link" to="/analytics" search={(old) => ({ ...old, m: main.name })}>
          See all cuts
        </Link>
      </div>
    </ChartCard>
  )
}

const groupOf = (item: Change, [first, second]: ExecutivePlan['cross'][number]): Group => [
  [first.name, item.first],
  [second.name, item.second],
]

function exactSigned(
  value: number,
  unit: Parameters<ReturnType<typeof useFormat>['exact']>[1],
  format: ReturnType<typeof useFormat>,
) {
  return (value > 0 ? '+' : '') + format.exact(value, unit, unit === 'currency' ? 0 : undefined)
}

function stateOf(
  {
    view,
    answers,
    cross,
    plan,
  }: CardContext & { cross: ExecutivePlan['cross'][number] | undefined },
  key: string,
): CardState {
  if (!cross) {
    return {
      kind: 'empty',
      title: 'No two dimensions to cut by',
      detail: 'The model of this workspace has none of segment, channel, category and country.',
    }
  }
  if (!plan.main.additive) {
    return {
      kind: 'empty',
      title: 'This metric does not add up',
      detail: `Parts of ${plan.main.label} cannot be summed to the whole.`,
    }
  }
  if (!view.compared) {
    return {
      kind: 'empty',
      title: 'Nothing to compare with',
      detail: 'Choose a comparison in the bar above to see what changed.',
    }
  }
  const state = cardState(
    cardAnswer(answers, keyOf('cross', key)),
    cardAnswer(answers, keyOf('cross', key, true)),
  )
  if (state.kind === 'shown' && answerOf(answers, keyOf('cross', key, true))?.rows.length === 0) {
    return {
      kind: 'empty',
      title: `Nothing in the ${view.compared.label}`,
      detail: 'The data begin later, or the filters leave nothing there.',
    }
  }
  return state
}
