// Reading a leaderboard: the values of a dimension, ranked by the metric in front.

import type { Answer, Dimension, Metric, Value } from '@/api/client'
import { asNumber, columnOf, filterValue, valueLabel } from '@/api/query'
import type { Filter } from '@/lib/filters'

import { keyOf, type TrendsPlan } from './queries'
import type { RankBy } from './search'
import { totalOf, type Answers } from './strips'

export interface BoardRow {
  value: Value
  key: string | null // As filters store it.
  label: string
  now: number | null
  before: number | null
  share: number | null // Of the whole, only for metrics that add up.
  contribution: number | null // Share of the whole change.
  faded: boolean // Filtered out.
}

export interface Board {
  rows: BoardRow[] // All that were asked for, ranked.
  groups: number // How many values there are.
  change: number | null // Of the whole.
}

const MOST_SHOWN = 6

export function boardOf(input: {
  answer: Answer
  before: Answer | null
  dimension: Pick<Dimension, 'name'>
  metric: Pick<Metric, 'name' | 'additive' | 'unit'>
  filter: Filter | undefined
  rank: RankBy
}): Board {
  const { answer, before, dimension, metric, filter, rank } = input
  const now = numbersOf(answer, dimension.name, metric.name)
  const old = before ? numbersOf(before, dimension.name, metric.name) : null
  const [total, totalBefore] = [totalOf(answer, metric.name), totalOf(before, metric.name)]
  const change = total !== null && totalBefore !== null ? total - totalBefore : null
  // What was there before and is gone now fell to nothing, unless the list was cut.
  const whole = answer.num_rows <= answer.rows.length
  const gone = metric.additive && whole && old ? [...old].filter(([key]) => !now.has(key)) : []
  const all = [...now, ...gone.map(([key, entry]) => [key, { ...entry, number: 0 }] as const)]
  const rows = all.map(([key, { value, number }]): BoardRow => {
    // A value that was not there before has no growth; its contribution is all of it.
    const past = old?.get(key)?.number ?? null
    const from = metric.additive && old ? (past ?? 0) : past
    return {
      value,
      key,
      label: valueLabel(value),
      now: number,
      before: past,
      share: metric.additive && number !== null && total ? number / total : null,
      contribution:
        metric.additive && number !== null && from !== null && change
          ? (number - from) / change
          : null,
      faded: filter !== undefined && filter.values.includes(key) === filter.exclude,
    }
  })
  return { rows: ranked(rows, rank, metric), groups: answer.num_rows, change }
}

function numbersOf(answer: Answer, dimension: string, metric: string) {
  const numbers = columnOf(answer, metric)
  return new Map(
    columnOf(answer, dimension).map((value, index) => [
      filterValue(value),
      { value, number: asNumber(numbers[index]) },
    ]),
  )
}

/** How much a row grew: shares in points, everything else in parts of what it was. */
export function growthOf(row: BoardRow, unit: Metric['unit']): number | null {
  if (row.now === null || row.before === null) return null
  if (unit === 'percent' || unit === 'probability') return row.now - row.before
  return row.before === 0 ? null : (row.now - row.before) / row.before
}

/** Largest first; rows without that number last, in the order of their value. */
function ranked(rows: readonly BoardRow[], rank: RankBy, metric: Pick<Metric, 'unit'>): BoardRow[] {
  const number = {
    value: (row: BoardRow) => row.now,
    change: (row: BoardRow) => growthOf(row, metric.unit),
    // By size: what pulled the other way belongs in front as well.
    contribution: (row: BoardRow) =>
      row.contribution === null ? null : Math.abs(row.contribution),
  }[rank]
  const down = (a: number | null, b: number | null) => (b ?? -Infinity) - (a ?? -Infinity)
  return rows.toSorted((a, b) => down(number(a), number(b)) || down(a.now, b.now) || 0)
}

/** The boards to show: those somebody picked, or the first six the metric can be cut by. */
export function shownBoards(
  plan: TrendsPlan,
  answers: Answers,
  filters: readonly Filter[],
): Dimension[] {
  if (plan.picked) return plan.boards
  const telling = plan.boards.filter(({ name }) => {
    const answer = answers[keyOf('by', name)]
    if (answer?.state === 'failed') return false
    if (answer?.state !== 'shown' || filters.some((filter) => filter.field === name)) return true
    return answer.answer.rows.length > 1
  })
  // When nothing has an answer, one card says why.
  return telling.length > 0 ? telling.slice(0, MOST_SHOWN) : plan.boards.slice(0, 1)
}
