import type { Dimension, Value } from '@/api/client'
import { cardState } from '@/components/card'
import { ChartCard } from '@/components/chart-card'
import { Leaderboard, type LeaderboardRow } from '@/components/leaderboard'
import { useRows } from '@/components/rows'
import { useValueMenu } from '@/components/value-menu'
import type { View } from '@/components/view'
import { useFormat } from '@/lib/format-context'
import { formatCount, formatShare } from '@/lib/number-format'

import styles from './analytics.module.css'
import { boardOf, type Board } from './boards'
import { keyOf, type TrendsPlan } from './queries'
import type { RankBy } from './search'
import { useEmptyState } from './states'
import { answerOf, type Answers } from './strips'

const SHOWN = 6

export function readBoard(
  dimension: Dimension,
  plan: TrendsPlan,
  view: Pick<View, 'filters'>,
  answers: Answers,
  rank: RankBy,
): Board | null {
  const answer = answerOf(answers, keyOf('by', dimension.name))
  if (!answer) return null
  return boardOf({
    answer,
    before: answerOf(answers, keyOf('by', dimension.name, true)),
    dimension,
    metric: plan.chosen,
    filter: view.filters.find((filter) => filter.field === dimension.name),
    rank,
  })
}

export function BoardCard(props: {
  dimension: Dimension
  plan: TrendsPlan
  view: View
  answers: Answers
  rank: RankBy
}) {
  const { dimension, plan, view, answers, rank } = props
  const { chosen } = plan
  const format = useFormat()
  const { open } = useRows()
  const onMark = useValueMenu(chosen.name, dimension.name)
  const key = keyOf('by', dimension.name)
  const board = readBoard(dimension, plan, view, answers, rank)
  const rows = board?.rows ?? []
  const shown = rows.slice(0, SHOWN)
  const largest = Math.max(0, ...rows.map((row) => row.now ?? 0)) || 1
  const byContribution = rank === 'contribution' && view.compared !== null && chosen.additive
  const state = useEmptyState(
    cardState(answers[key] ?? { state: 'loading' }),
    board !== null && rows.length === 0,
  )
  return (
    <ChartCard
      title={dimension.label}
      height={196}
      state={state}
      query={plan.queries[key]}
      tools={
        board && <span className={`${styles.cut ?? ''} num`}>{cutWords(shown.length, board)}</span>
      }
      table={{
        columns: [
          { name: 'value', label: dimension.label, type: 'text' },
          { name: 'now', label: chosen.label, type: 'decimal', unit: chosen.unit },
          { name: 'before', label: 'Before', type: 'decimal', unit: chosen.unit },
          { name: 'share', label: 'Share', type: 'number', unit: 'percent' },
        ],
        rows: rows.map((row): Value[] => [row.label, row.now, row.before, row.share]),
      }}
      onRows={(index) => {
        open(chosen.name, [[dimension.name, rows[index]?.key ?? null]])
      }}
    >
      <Leaderboard
        name={dimension.label}
        valueName={chosen.label}
        shares={chosen.additive}
        {...(byContribution ? { shareName: 'Of change' } : {})}
        changes={view.compared !== null}
        dense
        rows={shown.map((row): LeaderboardRow => ({
          key: row.key ?? '(null)',
          label: row.label,
          size: (row.now ?? 0) / largest,
          value: format.short(row.now, chosen.unit),
          exact: format.exact(row.now, chosen.unit),
          share: formatShare(byContribution ? row.contribution : row.share),
          delta: format.delta(row.now, row.before, chosen.unit, chosen.good),
          faded: row.faded,
        }))}
        onSelect={(index, exclude) => {
          const row = shown[index]
          if (!row) return
          const detail = format.exact(row.now, chosen.unit)
          onMark({ label: row.label, detail, at: row.key }, exclude)
        }}
      />
    </ChartCard>
  )
}

export const cutWords = (shown: number, board: Pick<Board, 'groups' | 'rows'>) =>
  `${formatCount(shown)} of ${formatCount(Math.max(board.groups, board.rows.length))}`
