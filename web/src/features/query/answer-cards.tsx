// The answer twice: drawn, and as the table all drawings rest on.

import { IconDownload } from '@tabler/icons-react'
import { useState } from 'react'

import type { Answer, Query, Value } from '@/api/client'
import type { CardAnswer } from '@/api/page-queries'
import { csvUrl } from '@/api/query'
import { findDimension, useWorkspace } from '@/api/workspace'
import { AnswerChart } from '@/components/answer-chart'
import { chartsFor, groupOf, shapeOf, type ChartKind } from '@/components/answer-shape'
import { Button } from '@/components/button'
import buttons from '@/components/button.module.css'
import { Card, cardState, type CardState } from '@/components/card'
import { ChartCard, rowsAction } from '@/components/chart-card'
import { DataTable, type TableColumn } from '@/components/data-table'
import { Grid } from '@/components/grid'
import { useRows } from '@/components/rows'
import { SegmentedControl } from '@/components/segmented-control'
import { useView, useViewActions } from '@/components/view'
import { cx } from '@/lib/class-names'
import { formatBucket } from '@/lib/dates'
import { fileStem } from '@/lib/download'
import { countOf, formatCount } from '@/lib/number-format'

import styles from './answer-cards.module.css'
import { effectiveSort, type Question } from './question'

const NAMES: Record<ChartKind, string> = {
  number: 'Number',
  line: 'Line',
  bar: 'Bars',
  pie: 'Ring',
  heatmap: 'Heatmap',
  scatter: 'Scatter',
  table: 'Table',
}
const PAGE = 100

interface Props {
  question: Question
  query: Query | null
  answer: CardAnswer
  name: string
  onChange: (next: Question) => void
}

export function AnswerCards(props: Props) {
  const { question, query, answer } = props
  const state = useAnswerState(question, query, answer)
  const shown = query && answer.state === 'shown' ? answer.answer : null
  if (!shown || state.kind !== 'shown') {
    return (
      <Grid>
        <Card title={query ? props.name : 'Answer'} span={12} height={200} state={state} />
      </Grid>
    )
  }
  return <Shown {...props} answer={shown} state={state} />
}

function Shown(props: Omit<Props, 'answer'> & { answer: Answer; state: CardState }) {
  const { question, query, answer, name, state, onChange } = props
  const workspace = useWorkspace()
  const shape = shapeOf(answer, workspace)
  const kinds = chartsFor(shape, answer)
  const kind = kinds.find((one) => one === question.chart) ?? kinds[0] ?? 'table'
  const columns = columnsOf(answer, workspace, question.filters.length > 0)
  const { open } = useRows()
  const [metric] = shape.metrics
  const onRows =
    metric &&
    ((row: number) => {
      open(metric.name, groupOf(answer, row))
    })
  return (
    <>
      {kind !== 'table' && (
        <Grid>
          <ChartCard
            title={name}
            sub={subOf(answer)}
            span={12}
            state={state}
            table={{ columns, rows: answer.rows }}
            onRows={onRows}
            {...(query ? { query } : {})}
            tools={
              <SegmentedControl
                label="Chart"
                options={kinds.map((one) => ({ value: one, label: NAMES[one] }))}
                value={kind}
                onChange={(chart) => {
                  onChange({ ...question, chart })
                }}
              />
            }
          >
            <AnswerChart
              answer={answer}
              kind={kind}
              workspace={workspace}
              from={query?.from ?? null}
              until={query?.to ?? null}
              partial={question.filters.length > 0 || answer.rows.length < answer.num_rows}
              onRows={open}
            />
          </ChartCard>
        </Grid>
      )}
      <Grid>
        <TableCard
          {...props}
          // A new question begins on its first page.
          key={JSON.stringify(query)}
          columns={columns}
          onRows={onRows}
          tools={
            kind === 'table' && kinds.length > 1 ? (
              <SegmentedControl
                label="Chart"
                options={kinds.map((one) => ({ value: one, label: NAMES[one] }))}
                value={kind}
                onChange={(chart) => {
                  onChange({ ...question, chart })
                }}
              />
            ) : null
          }
        />
      </Grid>
    </>
  )
}

const subOf = (answer: Answer) =>
  `${countOf(answer.num_rows, 'group')} of ${countOf(answer.rows_matched, 'row')}`

function TableCard(props: {
  question: Question
  query: Query | null
  answer: Answer
  name: string
  state: CardState
  columns: readonly TableColumn[]
  tools: React.ReactNode
  onRows: ((row: number) => void) | undefined
  onChange: (next: Question) => void
}) {
  const { question, query, answer, name, state, columns, tools, onRows, onChange } = props
  const workspace = useWorkspace()
  const [page, setPage] = useState(0)
  const sort = effectiveSort(question, workspace)
  const { rows, totals } = answer
  const pages = Math.ceil(rows.length / PAGE)
  const ms = answer.elapsed_ms < 10 ? answer.elapsed_ms.toFixed(1) : answer.elapsed_ms.toFixed(0)
  const cut = rows.length < answer.num_rows
  return (
    <Card
      title="Table"
      sub={`${cut ? `${formatCount(rows.length)} of ` : ''}${countOf(answer.num_rows, 'row')} · ${ms}\u00a0ms`}
      span={12}
      state={state}
      tools={
        <div className={styles.tools}>
          {tools}
          {query && (
            <a
              className={cx(buttons.button, buttons.plain)}
              href={csvUrl(query)}
              download={`${fileStem(name)}.csv`}
              title="All rows, not only those shown"
            >
              <IconDownload size={14} stroke={1.5} aria-hidden="true" />
              CSV of all rows
            </a>
          )}
        </div>
      }
    >
      <div className={cx(totals !== undefined && styles.totals)}>
        <DataTable
          label={name}
          columns={columns}
          rows={totals ? [...pageOf(rows, page), totals] : pageOf(rows, page)}
          {...(sort ? { sort } : {})}
          onSort={(by) => {
            const descending = sort?.by === by ? !sort.descending : question.metrics.includes(by)
            onChange({ ...question, sort: { by, descending } })
          }}
          maxHeight={560}
          compact
          action={
            onRows &&
            rowsAction(
              (index) => {
                onRows(page * PAGE + index)
              },
              (row) => row !== totals,
            )
          }
          foot={
            <span className={styles.foot}>
              {rows.length > 0 &&
                `${formatCount(page * PAGE + 1)}–${formatCount(Math.min(rows.length, (page + 1) * PAGE))} of ${formatCount(answer.num_rows)}`}
              {cut && ` · the first ${formatCount(rows.length)} are here, the CSV has all`}
              {pages > 1 && (
                <>
                  <Button
                    disabled={page === 0}
                    onClick={() => {
                      setPage(page - 1)
                    }}
                  >
                    Previous {PAGE}
                  </Button>
                  <Button
                    disabled={page >= pages - 1}
                    onClick={() => {
                      setPage(page + 1)
                    }}
                  >
                    Next {PAGE}
                  </Button>
                </>
              )}
            </span>
          }
        />
      </div>
    </Card>
  )
}

const pageOf = (rows: readonly Value[][], page: number) =>
  rows.slice(page * PAGE, (page + 1) * PAGE)

/** Columns with periods by their names, and the word for the row of totals. */
function columnsOf(
  answer: Answer,
  workspace: ReturnType<typeof useWorkspace>,
  conditioned: boolean, // Totals are of all rows; conditions on metrics do not touch them.
): TableColumn[] {
  const { totals } = answer
  return answer.columns.map((column, index): TableColumn => {
    const dimension = findDimension(workspace, column.name)
    if (column.role === 'metric') return column
    const grain = dimension?.kind === 'time' ? dimension.grain : undefined
    return {
      ...column,
      render: (value, row) => {
        if (row === totals)
          return index === 0 ? <b>{conditioned ? 'All, also those left out' : 'All groups'}</b> : ''
        if (value === null) return 'not known'
        if (value === '') return '(empty)'
        if (grain !== undefined && typeof value === 'string') return formatBucket(grain, value)
        return typeof value === 'boolean' ? (value ? 'Yes' : 'No') : String(value)
      },
    }
  })
}

/** The state of the answer: nothing asked, nothing found, refused, failed, or there. */
function useAnswerState(question: Question, query: Query | null, answer: CardAnswer): CardState {
  const { filters, range } = useView()
  const { setFilters } = useViewActions()
  if (!query)
    return {
      kind: 'empty',
      title: 'Nothing is asked yet',
      detail: 'Choose a metric to show, and a dimension to show it by.',
    }
  const state = cardState(answer)
  if (state.kind !== 'shown' || answer.state !== 'shown' || answer.answer.num_rows > 0) return state
  const said = [
    filters.length > 0
      ? `${filters.length} ${filters.length === 1 ? 'filter is' : 'filters are'} set in the top bar`
      : '',
    question.filters.length > 0
      ? `${countOf(question.filters.length, 'condition')} in the question`
      : '',
  ].filter((part) => part !== '')
  return {
    kind: 'empty',
    title: `Nothing matches in ${range.label.toLowerCase()}`,
    detail: said.length > 0 ? `${said.join(', ')}.` : 'No filter is set; choose a longer period.',
    actions:
      filters.length > 0 ? (
        <Button
          onClick={() => {
            setFilters([])
          }}
        >
          Drop all filters
        </Button>
      ) : undefined,
  }
}
