// The query builder: what is chosen stands in the address, the answer follows at once.

import { useNavigate, useSearch } from '@tanstack/react-router'
import { useMemo, type ReactNode } from 'react'

import { usePageQueries } from '@/api/page-queries'
import { useWorkspace } from '@/api/workspace'
import { Grid } from '@/components/grid'
import { PageHead } from '@/components/page-head'
import { usePageExport } from '@/components/page-export'
import { TabPanel, Tabs } from '@/components/tabs'
import { useView } from '@/components/view'
import { addDays, formatSpan } from '@/lib/dates'

import { AnswerCards } from './answer-cards'
import { CopyLink } from './copy-link'
import { QuestionCard } from './question-card'
import { readQuestion, toQuery, writeQuestion, type Question } from './question'
import { SqlTab } from './sql-tab'

const TABS = [
  { value: 'builder', label: 'Builder' },
  { value: 'sql', label: 'SQL' },
] as const

export function QueryPage() {
  const { how, sql } = useSearch({ from: '/query' })
  const navigate = useNavigate({ from: '/query' })
  const tab = how ?? 'builder'
  const tabs = (
    <Tabs
      label="Ways to ask"
      tabs={TABS}
      value={tab}
      onChange={(next) => {
        const chosen = next === 'sql' ? ('sql' as const) : undefined
        void navigate({ search: (old) => ({ ...old, how: chosen }) })
      }}
    />
  )
  if (tab === 'builder') return <Builder tabs={tabs} />
  return (
    <>
      <PageHead title="Query builder" news="SQL for what a question cannot say." />
      {tabs}
      <TabPanel value={tab}>
        <SqlTab sql={sql} />
      </TabPanel>
    </>
  )
}

function Builder({ tabs }: { tabs: ReactNode }) {
  const workspace = useWorkspace()
  const view = useView()
  const search = useSearch({ from: '/query' })
  const navigate = useNavigate({ from: '/query' })
  const question = useMemo(() => readQuestion(search, workspace), [search, workspace])
  const query = useMemo(() => toQuery(question, view, workspace), [question, view, workspace])
  const { answers, rowsRead, elapsedMs } = usePageQueries(
    'query',
    useMemo(() => (query ? { answer: query } : {}), [query]) as Record<
      string,
      NonNullable<typeof query>
    >,
  )
  const name = titleOf(question, workspace)
  usePageExport(name, query)
  const ask = (next: Question) => {
    void navigate({ search: (old) => ({ ...old, ...(writeQuestion(next) as typeof search) }) })
  }
  const period = formatSpan(view.range.from, addDays(view.range.to, -1), true)
  return (
    <>
      <PageHead
        title="Query builder"
        news={query ? `${name} · ${period}` : 'Choose what to show.'}
        rowsRead={query ? rowsRead : null}
        elapsedMs={elapsedMs}
      >
        <CopyLink />
      </PageHead>
      {tabs}
      <TabPanel value="builder">
        <Grid>
          <QuestionCard question={question} onChange={ask} />
        </Grid>
        <AnswerCards
          question={question}
          query={query}
          answer={answers.answer ?? { state: 'loading' }}
          name={name}
          onChange={ask}
        />
      </TabPanel>
    </>
  )
}

/** Revenue and orders by month and segment */
export function titleOf(
  question: Pick<Question, 'metrics' | 'dimensions'>,
  workspace: ReturnType<typeof useWorkspace>,
): string {
  const { metrics, dimensions } = workspace.model
  const label = (name: string) =>
    [...metrics, ...dimensions].find((item) => item.name === name)?.label ?? name
  const list = (names: readonly string[]) =>
    names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`
  const what =
    list(
      question.metrics.map((name, index) =>
        index === 0 ? label(name) : label(name).toLowerCase(),
      ),
    ) || 'Values'
  const by = list(question.dimensions.map((name) => label(name).toLowerCase()))
  return by === '' ? what : `${what} by ${by}`
}
