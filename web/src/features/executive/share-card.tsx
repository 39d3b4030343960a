import type { Dimension, Value } from '@/api/client'
import { asNumber, columnOf, filterValue, single, valueLabel } from '@/api/query'
import { RingChart } from '@/charts/ring-chart'
import { cardState } from '@/components/card'
import { ChartCard } from '@/components/chart-card'
import type { Span } from '@/components/grid'
import { useValueMenu } from '@/components/value-menu'
import { useFormat } from '@/lib/format-context'
import { countOf, formatShare } from '@/lib/number-format'

import { keyOf } from './queries'
import { answerOf, cardAnswer, type CardContext } from './reading'

const SLICES = 6

interface Part {
  label: string
  value: number
  filter: string | null | undefined // undefined: the rest, which is no value of its own.
}

export function foldRest(parts: readonly Part[], most = SLICES): Part[] {
  const positive = parts.filter((part) => part.value > 0)
  if (positive.length <= most) return positive
  const rest = positive.slice(most - 1)
  const value = rest.reduce((sum, part) => sum + part.value, 0)
  return [
    ...positive.slice(0, most - 1),
    { label: `Other (${rest.length})`, value, filter: undefined },
  ]
}

export function ShareCard(props: CardContext & { dimension: Dimension; span: Span }) {
  const { plan, answers, dimension, span } = props
  const { main, count } = plan
  const format = useFormat()
  const onMark = useValueMenu(main.name, dimension.name)
  const now = answerOf(answers, keyOf('by', dimension.name))
  const totals = answerOf(answers, keyOf('all', 'n'))
  const total = totals && single(totals, main.name)
  const n = totals && count ? single(totals, count.name) : null
  const numbers = now ? columnOf(now, main.name).map(asNumber) : []
  const parts = foldRest(
    (now ? columnOf(now, dimension.name) : []).map((value, index) => ({
      label: valueLabel(value),
      value: numbers[index] ?? 0,
      filter: filterValue(value),
    })),
  )
  const sum = parts.reduce((all, part) => all + part.value, 0)
  const select = (index: number) => {
    const part = parts[index]
    if (part?.filter === undefined) return
    onMark({ label: part.label, detail: format.exact(part.value, main.unit), at: part.filter })
  }
  return (
    <ChartCard
      title={`Share by ${dimension.label.toLowerCase()}`}
      sub={`% of ${main.label.toLowerCase()} · this period`}
      span={span}
      height={216}
      state={cardState(cardAnswer(answers, keyOf('by', dimension.name)))}
      query={plan.queries[keyOf('by', dimension.name)]}
      table={{
        columns: [
          { name: 'value', label: dimension.label, type: 'text' },
          { name: 'number', label: main.label, type: 'decimal', unit: main.unit },
          { name: 'share', label: 'Share', type: 'number', unit: 'percent' },
        ],
        rows: parts.map((part): Value[] => [
          part.label,
          part.value,
          sum > 0 ? part.value / sum : null,
        ]),
      }}
    >
      <RingChart
        title={parts
          .map((part) => `${part.label} ${formatShare(sum > 0 ? part.value / sum : null)}`)
          .join(', ')}
        slices={parts}
        unit={main.unit}
        name={main.label}
        total={format.short(total, main.unit)}
        note={n === null ? undefined : countOf(n, 'order')}
        onSelect={select}
      />
    </ChartCard>
  )
}
