// Read-only SQL for what a question cannot say: a statement, its rows, and what was left out.

import { useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { IconPlayerPlay } from '@tabler/icons-react'
import { useState, type KeyboardEvent } from 'react'

import { api, unwrap, type Column, type components } from '@/api/client'
import { Button } from '@/components/button'
import { Card, queryState, type CardState } from '@/components/card'
import { DataTable, type TableColumn } from '@/components/data-table'
import { Grid } from '@/components/grid'
import { downloadText, toCsv } from '@/lib/download'
import { countOf, formatCount } from '@/lib/number-format'

import styles from './sql-tab.module.css'

type Result = components['schemas']['SqlResult']

const FIRST =
  'SELECT country, count(*) AS customers\nFROM customers\nGROUP BY country\nORDER BY 2 DESC'
const PAGE = 200
const TYPES: Record<Result['columns'][number]['type'], Column['type']> = {
  integer: 'int',
  number: 'number',
  text: 'text',
}

export function SqlTab({ sql }: { sql: string | undefined }) {
  const navigate = useNavigate({ from: '/query' })
  const [text, setText] = useState(sql ?? FIRST)
  const ask = useMutation({
    mutationFn: async (statement: string) =>
      unwrap(await api.POST('/api/v1/sql', { body: { sql: statement } })) as Result,
  })
  const run = () => {
    void navigate({ search: (old) => ({ ...old, sql: text }), replace: true })
    ask.mutate(text)
  }
  const key = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return
    event.preventDefault()
    run()
  }
  const result = ask.data
  return (
    <Grid>
      <Card title="Statement" sub="one SELECT over the tables of the model, read-only" span={12}>
        <textarea
          className={styles.text}
          aria-label="SQL statement"
          value={text}
          rows={6}
          spellCheck={false}
          maxLength={10_000}
          onChange={(event) => {
            setText(event.currentTarget.value)
          }}
          onKeyDown={key}
        />
        <div className={styles.actions}>
          <Button kind="primary" icon={IconPlayerPlay} onClick={run} disabled={ask.isPending}>
            Run statement
          </Button>
          <span className="t3">Ctrl+Enter</span>
        </div>
      </Card>
      <Card
        title="Rows"
        sub={result ? subOf(result) : ' '}
        span={12}
        height={200}
        state={stateOf(ask, result)}
        tools={
          result && result.rows.length > 0 ? (
            <Button
              onClick={() => {
                const heads = result.columns.map((column) => column.name)
                downloadText(toCsv(heads, result.rows), 'sql.csv', 'text/csv')
              }}
            >
              Save CSV
            </Button>
          ) : undefined
        }
      >
        {result && (
          <DataTable
            label="Rows of the statement"
            columns={result.columns.map((column): TableColumn => ({
              name: column.name,
              label: column.name,
              type: TYPES[column.type],
            }))}
            rows={result.rows.slice(0, PAGE)}
            maxHeight={560}
            compact
            total={result.num_rows}
            foot={result.num_rows > PAGE ? <span>the CSV has all of them</span> : undefined}
          />
        )}
      </Card>
    </Grid>
  )
}

function subOf(result: Result): string {
  const cut = result.is_cut
    ? `the first ${formatCount(result.num_rows)} rows, there are more`
    : countOf(result.num_rows, 'row')
  const hidden =
    result.hidden.length > 0
      ? ` · empty, for they may be personal: ${result.hidden.join(', ')}`
      : ''
  return `${cut} · ${result.elapsed_ms.toFixed(1)} ms${hidden}`
}

function stateOf(
  ask: { error: Error | null; isPending: boolean; isIdle: boolean; reset: () => void },
  result: Result | undefined,
): CardState {
  if (ask.isIdle)
    return {
      kind: 'empty',
      title: 'Nothing was run yet',
      detail: 'Write a SELECT and run it; at most 10,000 rows come back.',
    }
  const state = queryState({ ...ask, refetch: ask.reset })
  if (state.kind === 'refused') return { ...state, title: 'This statement may not run' }
  if (state.kind !== 'shown' || result?.rows.length !== 0) return state
  return { kind: 'empty', title: 'No row fits', detail: 'The statement ran and found nothing.' }
}
