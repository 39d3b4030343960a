import type { Workspace } from '@/api/client'
import { single } from '@/api/query'
import { cardState } from '@/components/card'
import { KpiCard } from '@/components/kpi-card'

import { keyOf } from './queries'
import { answerOf, cardAnswer, isNormal, readSeries, type CardContext } from './reading'

export function KpiRow(props: CardContext & { workspace: Workspace }) {
  const { view, plan, answers, workspace } = props
  return plan.kpis.map((metric) => {
    const now = answerOf(answers, keyOf('total', metric.name))
    const before = answerOf(answers, keyOf('total', metric.name, true))
    // A metric that cannot be cut by time is not of a period, so it has no period before either.
    const timeless = cardAnswer(answers, keyOf('spark', metric.name)).state === 'failed'
    const series = readSeries('spark', metric.name, metric, plan.kpiGrain, props)
    return (
      <KpiCard
        key={metric.name}
        metric={metric}
        state={cardState(cardAnswer(answers, keyOf('total', metric.name)))}
        value={now && single(now, metric.name)}
        before={timeless ? null : before && single(before, metric.name)}
        note={timeless ? 'as of latest data, whatever the period' : undefined}
        normal={isNormal(metric, plan, view, answers, workspace)}
        words="vs previous"
        series={series?.values ?? []}
        comparison={series?.before ?? undefined}
        incomplete={series?.incomplete !== null}
        link={{ to: '/analytics', search: (old) => ({ ...old, m: metric.name }) }}
      />
    )
  })
}
