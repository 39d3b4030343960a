import { useSearch } from '@tanstack/react-router'
import { useMemo } from 'react'

import type { Workspace } from '@/api/client'
import { usePageQueries } from '@/api/page-queries'
import { single } from '@/api/query'
import { useWorkspace } from '@/api/workspace'
import { Grid } from '@/components/grid'
import { PageHead } from '@/components/page-head'
import { usePageExport } from '@/components/page-export'
import { useView, type View } from '@/components/view'

import { DriversCard } from './drivers-card'
import { changesOf } from './drivers'
import { KpiRow } from './kpi-row'
import { newsOf } from './news'
import { executivePlan, keyOf, type ExecutivePlan } from './queries'
import { RankingCard } from './ranking-card'
import { answerOf, firstTelling, isNormal, type Answers } from './reading'
import { RevenueCard } from './revenue-card'
import { ShareCard } from './share-card'

export function ExecutivePage() {
  const workspace = useWorkspace()
  const view = useView()
  const { g } = useSearch({ from: '/' })
  const plan = useMemo(() => executivePlan(workspace, view, g), [workspace, view, g])
  if (!plan)
    return (
      <PageHead title="Executive dashboard" news="The model of this workspace has no metrics." />
    )
  return <Shown workspace={workspace} view={view} plan={plan} />
}

function Shown({
  workspace,
  view,
  plan,
}: {
  workspace: Workspace
  view: View
  plan: ExecutivePlan
}) {
  const { answers, rowsRead, elapsedMs } = usePageQueries('executive', plan.queries)
  usePageExport(
    `${plan.main.label} by ${plan.grain}`,
    plan.queries[keyOf('line', plan.main.name)] ?? null,
  )
  const ranked = firstTelling(plan.ranked, answers)
  const shared = firstTelling(
    plan.shared.filter((item) => item !== ranked),
    answers,
  )
  const place = firstTelling(
    plan.places.filter((item) => item !== ranked && item !== shared),
    answers,
  )
  const cross =
    plan.cross.find(([a, b]) => telling(a.name, answers) && telling(b.name, answers)) ??
    plan.cross[0]
  const common = { view, plan, answers }
  return (
    <>
      <PageHead
        title="Executive dashboard"
        news={news(view, plan, answers, workspace, cross)}
        rowsRead={rowsRead}
        elapsedMs={elapsedMs}
      />
      <Grid>
        <KpiRow {...common} workspace={workspace} />
      </Grid>
      <Grid>
        <RevenueCard {...common} workspace={workspace} />
        <DriversCard {...common} cross={cross} />
      </Grid>
      <Grid>
        {ranked && <RankingCard {...common} dimension={ranked} span={5} />}
        {shared && <ShareCard {...common} dimension={shared} span={place ? 3 : 7} />}
        {place && <RankingCard {...common} dimension={place} span={4} />}
      </Grid>
    </>
  )
}

const telling = (name: string, answers: Answers) => {
  const answer = answerOf(answers, keyOf('by', name))
  return answer !== null && answer.rows.length > 1
}

function news(
  view: View,
  plan: ExecutivePlan,
  answers: Answers,
  workspace: Workspace,
  cross: ExecutivePlan['cross'][number] | undefined,
): string | null {
  const name = plan.main.name
  const now = answerOf(answers, keyOf('all', 'n'))
  if (!now) return null
  const before = answerOf(answers, keyOf('all', 'n', true))
  const key = cross ? `${cross[0].name},${cross[1].name}` : ''
  const crossNow = answerOf(answers, keyOf('cross', key))
  const crossBefore = answerOf(answers, keyOf('cross', key, true))
  return newsOf({
    metric: plan.main.label,
    now: single(now, name),
    before: before && single(before, name),
    normal: isNormal(plan.main, plan, view, answers, workspace),
    versus: view.compared?.label ?? null,
    changes: crossNow && crossBefore && plan.main.additive ? changesOf(crossNow, crossBefore) : [],
    sides: cross ? [cross[0].label, cross[1].label] : null,
  })
}
