import type { Workspace } from '@/api/client'
import { findMetric, timeDimension } from '@/api/workspace'
import { cardState, type CardState } from '@/components/card'
import { Grid } from '@/components/grid'
import { useRows } from '@/components/rows'
import type { View } from '@/components/view'
import { addDays, formatSpan } from '@/lib/dates'
import { countOf } from '@/lib/number-format'

import type { AnalysisQuery } from './analyses'
import styles from './analytics.module.css'
import { BoardCard } from './board-card'
import { shownBoards } from './boards'
import { MetricStrips } from './metric-strips'
import { MonthsCard, MonthsTable, WeekdaysCard } from './months-cards'
import { keyOf, type TrendsPlan } from './queries'
import { RankBar } from './rank-bar'
import { RANKS, type RankBy } from './search'
import { SeasonsCard } from './seasons-card'
import { answerOf, bucketsOf, shownStrips, totalOf, type Answers } from './strips'
import { useChoice } from './use-choice'

/** Without a comparison nothing changed, and what does not add up has no contributions. */
export const ranksFor = (plan: TrendsPlan, view: Pick<View, 'compared'>): RankBy[] =>
  RANKS.filter(
    (rank) =>
      rank === 'value' || (view.compared !== null && (rank === 'change' || plan.chosen.additive)),
  )

export function TrendsTab(props: {
  workspace: Workspace
  view: View
  plan: TrendsPlan
  answers: Answers
  rank: RankBy
  trends: AnalysisQuery<'trends'>
}) {
  const { workspace, view, plan, answers, rank, trends } = props
  const choose = useChoice()
  const { open } = useRows()
  const boards = shownBoards(plan, answers, view.filters)
  const strips = shownStrips({ plan, view, answers, workspace })
  const orders = totalOf(answerOf(answers, keyOf('strip', 'orders')), 'orders')
  const period = formatSpan(view.range.from, addDays(view.range.to, -1), true)
  const toMetric = (m: string) => {
    choose({ m: m === 'revenue' ? undefined : m })
  }
  return (
    <>
      <div className={styles.explore}>
        <MetricStrips
          strips={strips}
          chosen={plan.chosen.name}
          grain={plan.grain}
          buckets={bucketsOf(plan, view)}
          versus={view.compared?.label ?? null}
          sub={[orders === null ? null : `n = ${countOf(orders, 'order')}`, period]
            .filter(Boolean)
            .join(' · ')}
          state={stripsState(plan, answers)}
          onChoose={toMetric}
          onRows={(metric, start) => {
            const table = findMetric(workspace, metric)?.table
            const time = timeDimension(workspace, plan.grain, table)
            if (time) open(metric, [[time.name, start]])
          }}
        />
        <div className={styles.right}>
          <RankBar
            workspace={workspace}
            chosen={plan.chosen}
            rank={rank}
            ranks={ranksFor(plan, view)}
            boards={boards}
            picked={plan.picked}
            onMetric={toMetric}
            onRank={(next) => {
              choose({ rank: next === 'value' ? undefined : next })
            }}
            onBoards={(names) => {
              choose({ d: names.length > 0 ? names.join(',') : undefined })
            }}
          />
          <div className={styles.boards}>
            {boards.map((dimension) => (
              <BoardCard
                key={dimension.name}
                dimension={dimension}
                plan={plan}
                view={view}
                answers={answers}
                rank={rank}
              />
            ))}
          </div>
        </div>
      </div>
      <Grid>
        <MonthsCard metric={plan.chosen} trends={trends} period={period} />
        <MonthsTable metric={plan.chosen} trends={trends} period={period} />
        <WeekdaysCard metric={plan.chosen} trends={trends} period={period} />
        <SeasonsCard metric={plan.chosen} trends={trends} period={period} />
      </Grid>
    </>
  )
}

/** One strip without an answer says so itself; only when none has one does the card. */
function stripsState(plan: TrendsPlan, answers: Answers): CardState {
  const all = plan.metrics.flatMap((metric) => answers[keyOf('strip', metric.name)] ?? [])
  const shown = all.filter((answer) => answer.state === 'shown')
  if (shown.length > 0) return cardState(...shown)
  const [first] = all
  return first ? cardState(first) : { kind: 'loading' }
}
