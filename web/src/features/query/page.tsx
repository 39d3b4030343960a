// The query builder: what is chosen stands in the address, the answer follows at once.

import { useNavigate, useSearch } from '@tanstack/react-router'
import { useMemo } from 'react'

import { usePageQueries } from '@/api/page-queries'
import { useWorkspace } from '@/api/workspace'
import { Grid } from '@/components/grid'
import { PageHead } from '@/components/page-head'
import { usePageExport } from '@/components/page-export'
import { useView } from '@/components/view'
import { addDays, formatSpan } from '@/lib/dates'

import { AnswerCards } from './answer-cards'
import { CopyLink } from './copy-link'
import { QuestionCard } from './question-card'
import { readQuestion, toQuery, writeQuestion, type Question } from './question'

export function QueryPage() {
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
