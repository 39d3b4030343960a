import { useSearch } from '@tanstack/react-router'
import { useMemo } from 'react'

import type { Workspace } from '@/api/client'
import { usePageQueries } from '@/api/page-queries'
import { useWorkspace } from '@/api/workspace'
import { usePageExport } from '@/components/page-export'
import { PageHead } from '@/components/page-head'
import { TabPanel, Tabs } from '@/components/tabs'
import { useView, type View } from '@/components/view'
import { addDays, formatSpan } from '@/lib/dates'
import { useFormat } from '@/lib/format-context'
import type { Format } from '@/lib/number-format'

import { useAnalysis } from './analyses'
import { readBoard } from './board-card'
import { shownBoards } from './boards'
import { ChangeTab } from './change-tab'
import { changeNews } from './changes'
import { CorrelationsTab } from './correlations-tab'
import { customersNews } from './customers'
import { CustomersTab } from './customers-tab'
import { correlationsNews, outliersNews, patternsNews, trendsNews } from './news'
import { OutliersTab } from './outliers-tab'
import { PatternsTab } from './patterns-tab'
import { keyOf, trendsPlan, type TrendsPlan } from './queries'
import type { Tab } from './search'
import { stripOf, type Answers } from './strips'
import { ranksFor, TrendsTab } from './trends-tab'
import { useChoice } from './use-choice'

const TABS: readonly { value: Tab; label: string }[] = [
  { value: 'trends', label: 'Trends' },
  { value: 'change', label: 'What changed' },
  { value: 'outliers', label: 'Outliers' },
  { value: 'correlations', label: 'Correlations' },
  { value: 'patterns', label: 'Patterns' },
  { value: 'customers', label: 'Customers' },
]

export function AnalyticsPage() {
  const workspace = useWorkspace()
  const view = useView()
  const { m, d } = useSearch({ from: '/analytics' })
  const plan = useMemo(() => trendsPlan(workspace, view, { m, d }), [workspace, view, m, d])
  if (!plan)
    return <PageHead title="Analytics" news="The model of this workspace has no metrics." />
  return <Shown workspace={workspace} view={view} plan={plan} />
}

function Shown(props: { workspace: Workspace; view: View; plan: TrendsPlan }) {
  const { workspace, view, plan } = props
  const {
    view: tab = 'trends',
    rank: wanted = 'value',
    col,
    pair,
  } = useSearch({ from: '/analytics' })
  const choose = useChoice()
  const format = useFormat()
  // Only the open tab asks; the others keep what they had.
  const isOpen = (one: Tab) => tab === one
  const { answers, rowsRead, elapsedMs } = usePageQueries(
    'analytics',
    isOpen('trends') ? plan.queries : {},
  )
  const trends = useAnalysis(
    'trends',
    { ...view.query, metric: plan.chosen.name },
    isOpen('trends'),
  )
  const outliers = useAnalysis('outliers', view.query, isOpen('outliers'))
  const missing = useAnalysis('missing', view.query, isOpen('outliers'))
  const correlations = useAnalysis('correlations', view.query, isOpen('correlations'))
  const patterns = useAnalysis('patterns', view.query, isOpen('patterns'))
  const cohort = useAnalysis('cohort', view.query, isOpen('customers'))
  const rfm = useAnalysis('rfm', view.query, isOpen('customers'))
  const pareto = useAnalysis('pareto', view.query, isOpen('customers'))
  const basket = useAnalysis('basket', view.query, isOpen('customers'))
  const funnel = useAnalysis('funnel', view.query, isOpen('customers'))
  const survival = useAnalysis('survival', view.query, isOpen('customers'))
  const against = view.compared && `${view.compared.from}..${view.compared.to}`
  const explain = useAnalysis(
    'explain',
    { ...view.query, metric: plan.chosen.name, ...(against ? { against } : {}) },
    isOpen('change'),
  )
  usePageExport(
    `${plan.chosen.label} by ${plan.grain}`,
    isOpen('trends') ? (plan.queries[keyOf('strip', plan.chosen.name)] ?? null) : null,
  )
  const rank = ranksFor(plan, view).includes(wanted) ? wanted : 'value'
  const period = formatSpan(view.range.from, addDays(view.range.to, -1), true)
  const news: Record<Tab, () => string | null> = {
    trends: () => newsOfTrends(workspace, view, plan, answers, format),
    change: () => (explain.data ? changeNews(explain.data, format) : null),
    outliers: () => (outliers.data ? outliersNews(outliers.data) : null),
    correlations: () => (correlations.data ? correlationsNews(correlations.data) : null),
    patterns: () => (patterns.data ? patternsNews(patterns.data) : null),
    customers: () => customersNews(pareto.data, cohort.data),
  }
  return (
    <>
      <PageHead
        title="Analytics"
        news={news[tab]()}
        {...(isOpen('trends') ? { rowsRead, elapsedMs } : {})}
      />
      <Tabs
        label="Analyses"
        tabs={TABS}
        value={tab}
        onChange={(next) => {
          choose({ view: next === 'trends' ? undefined : next })
        }}
      />
      <TabPanel value={tab}>
        {tab === 'trends' && <TrendsTab {...props} answers={answers} rank={rank} trends={trends} />}
        {tab === 'change' && <ChangeTab explain={explain} />}
        {tab === 'outliers' && (
          <OutliersTab outliers={outliers} missing={missing} col={col} period={period} />
        )}
        {tab === 'correlations' && (
          <CorrelationsTab
            workspace={workspace}
            view={view}
            correlations={correlations}
            pair={pair}
          />
        )}
        {tab === 'patterns' && <PatternsTab view={view} patterns={patterns} period={period} />}
        {tab === 'customers' && (
          <CustomersTab
            cohort={cohort}
            rfm={rfm}
            pareto={pareto}
            basket={basket}
            funnel={funnel}
            survival={survival}
            period={period}
          />
        )}
      </TabPanel>
    </>
  )
}

function newsOfTrends(
  workspace: Workspace,
  view: View,
  plan: TrendsPlan,
  answers: Answers,
  format: Format,
): string | null {
  const strip = stripOf(plan.chosen, { plan, view, answers, workspace })
  const boards = shownBoards(plan, answers, view.filters).flatMap((dimension) => {
    const board = readBoard(dimension, plan, view, answers, 'value')
    return board ? [{ label: dimension.label, board }] : []
  })
  return trendsNews(strip, view.compared?.label ?? null, boards, format)
}
