// The rows behind a number: which file and line each came from, and what they add up to. A panel
// at the side; the browser's own dialog brings the focus trap and Esc.

import { IconDownload, IconX } from '@tabler/icons-react'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { useEffect, useMemo, useRef, useState } from 'react'

import { api, unwrap, type RowsBehind, type RowsRequest } from '@/api/client'
import { asNumber, rowsCsvUrl, valueLabel } from '@/api/query'
import { findDimension, findMetric, useWorkspace } from '@/api/workspace'
import { cx } from '@/lib/class-names'
import { addDays, formatBucket, formatSpan } from '@/lib/dates'
import { fileStem } from '@/lib/download'
import { useFormat } from '@/lib/format-context'
import { countOf, formatCount } from '@/lib/number-format'
import type { ViewSearch } from '@/lib/view-search'

import { Button } from './button'
import buttons from './button.module.css'
import { CardBody, queryState } from './card'
import { DataTable, rangeText, type TableColumn } from './data-table'
import { returnFocus } from './focus-origin'
import { IconButton } from './icon-button'
import { numberQuery, readRows, rowsRequest, useRows, type RowsWanted } from './rows'
import styles from './rows-panel.module.css'
import { useView } from './view'

const PAGE = 50
const MOST = 1000 // What one request may bring.

/** Open as long as the address names a number. */
export function RowsPanel() {
  const workspace = useWorkspace()
  const { rows, at }: ViewSearch = useSearch({ strict: false })
  const wanted = useMemo(() => readRows({ rows, at }, workspace), [rows, at, workspace])
  const { close } = useRows()
  const dialog = useRef<HTMLDialogElement>(null)
  const isOpen = wanted !== null
  useEffect(() => {
    const element = dialog.current
    if (isOpen && element?.open === false) element.showModal()
    if (!isOpen && element?.open === true) {
      element.close()
      returnFocus()
    }
  }, [isOpen])
  return (
    <dialog
      ref={dialog}
      className={styles.panel}
      aria-labelledby="rows-title"
      onCancel={(event) => {
        event.preventDefault() // Closed by the address, so that it and the panel agree.
        close()
      }}
      onClick={(event) => {
        if (event.target === dialog.current) close()
      }}
    >
      {wanted && <Shown key={JSON.stringify(wanted)} wanted={wanted} onClose={close} />}
    </dialog>
  )
}

function Shown({ wanted, onClose }: { wanted: RowsWanted; onClose: () => void }) {
  const workspace = useWorkspace()
  const view = useView()
  const [page, setPage] = useState(0)
  const request = useMemo(() => rowsRequest(wanted, view, workspace), [wanted, view, workspace])
  const offset = page * PAGE
  const rows = useQuery({
    queryKey: ['rows', request, page],
    queryFn: async ({ signal }) => {
      const body = { ...request, limit: PAGE, offset }
      return unwrap(await api.POST('/api/v1/rows', { body, signal }))
    },
    placeholderData: keepPreviousData,
  })
  const number = useNumber(wanted)
  const state = queryState(rows)
  const data = rows.data
  return (
    <div className={styles.inner}>
      <header className={styles.head}>
        <div>
          <h2 id="rows-title">Rows behind {wanted.label.toLowerCase()}</h2>
          <p>{useWords(wanted)}</p>
        </div>
        <IconButton icon={IconX} label="Close (Esc)" onClick={onClose} />
      </header>
      <div className={styles.figures}>
        <b className="num">{number ?? '\u00a0'}</b>
        <span className="num">
          {data
            ? `${number === null ? '' : 'rests on '}${countOf(data.num_rows, 'row')} of ${data.label}`
            : '\u00a0'}
        </span>
        {data && data.num_rows > 0 && <CsvLink request={request} rows={data} wanted={wanted} />}
      </div>
      <div
        className={cx(styles.body, state.kind === 'shown' && state.stale === true && styles.stale)}
        aria-busy={state.kind === 'loading'}
      >
        <CardBody state={emptyState(state, data)} height={320}>
          {data && <Rows rows={data} page={Math.floor(data.offset / PAGE)} onPage={setPage} />}
        </CardBody>
      </div>
    </div>
  )
}

function emptyState(state: ReturnType<typeof queryState>, data: RowsBehind | undefined) {
  if (state.kind !== 'shown' || data?.num_rows !== 0) return state
  return {
    kind: 'empty' as const,
    title: 'No row is behind this',
    detail: 'Nothing in this period fits the filters.',
  }
}

/** The number as it is told, or null while nobody knows it. */
function useNumber(wanted: RowsWanted): string | null {
  const workspace = useWorkspace()
  const view = useView()
  const format = useFormat()
  const query = useMemo(() => numberQuery(wanted, view, workspace), [wanted, view, workspace])
  const { data } = useQuery({
    queryKey: ['rows', 'number', query],
    queryFn: async ({ signal }) =>
      unwrap(await api.POST('/api/v1/query', { body: { queries: [query] }, signal })),
  })
  const [answer] = data?.answers ?? []
  if (!answer || 'error' in answer) return null
  const value = asNumber(answer.rows[0]?.[0])
  const unit = findMetric(workspace, wanted.metric)?.unit ?? 'number'
  return value === null ? null : format.exact(value, unit)
}

/** Channel is Online · 25 May – 20 Nov 2026 */
function useWords(wanted: RowsWanted): string {
  const workspace = useWorkspace()
  const { range, filters } = useView()
  const label = (field: string) => findDimension(workspace, field)?.label ?? field
  const named = (field: string, value: string | null) => {
    const grain = findDimension(workspace, field)?.grain
    return grain !== undefined && value !== null
      ? formatBucket(grain, value)
      : valueLabel(value === 'true' ? true : value === 'false' ? false : value)
  }
  const group = wanted.at.map(
    ({ field, values }) => `${label(field)} is ${named(field, values[0] ?? null)}`,
  )
  const kept = filters
    .filter(({ field, exclude }) => exclude || !wanted.at.some((one) => one.field === field))
    .map(
      ({ field, exclude, values }) =>
        `${label(field)} is ${exclude ? 'not ' : ''}${values.map((value) => named(field, value)).join(' or ')}`,
    )
  return [...group, ...kept, formatSpan(range.from, addDays(range.to, -1), true)].join(' · ')
}

function CsvLink(props: { request: RowsRequest; rows: RowsBehind; wanted: RowsWanted }) {
  const { request, rows, wanted } = props
  const all = rows.num_rows <= MOST
  return (
    <a
      className={cx(buttons.button, buttons.plain, styles.csv)}
      href={rowsCsvUrl({ ...request, limit: MOST })}
      download={`${fileStem(`rows behind ${wanted.label}`)}.csv`}
      title={all ? undefined : `Of ${formatCount(rows.num_rows)} rows; add a filter for the others`}
    >
      <IconDownload size={14} stroke={1.5} aria-hidden="true" />
      {all ? 'Save as CSV' : `CSV of the first ${formatCount(MOST)}`}
    </a>
  )
}

const TYPES: Record<string, TableColumn['type']> = {
  integer: 'int',
  decimal: 'decimal',
  number: 'number',
  boolean: 'boolean',
  date: 'date',
  datetime: 'instant',
}

function Rows(props: { rows: RowsBehind; page: number; onPage: (page: number) => void }) {
  const { rows, page, onPage } = props
  const scroll = useRef<HTMLDivElement>(null)
  const { offset, num_rows: total, sources, hidden, notes } = rows
  const order = columnOrder(rows.columns.map(({ name }) => name))
  const turn = (next: number) => {
    onPage(next)
    scroll.current?.querySelector('[role="region"]')?.scrollTo({ top: 0 })
  }
  const columns: TableColumn[] = [
    {
      name: ' source', // No column of a table has a blank in its name.
      label: 'File and line',
      type: 'text',
      render: (value) => <Source source={sources[Number(value)]} />,
    },
    ...rows.columns.map(({ name, label, type, unit }): TableColumn => ({
      name,
      label,
      type: isKey(name) ? 'text' : (TYPES[type] ?? 'text'), // A key is a name, not a count.
      ...(unit === '' ? {} : { unit }),
    })),
  ]
  return (
    <div ref={scroll} className={styles.rows}>
      {notes.map((note) => (
        <p key={note} className={styles.note}>
          {note}
        </p>
      ))}
      <DataTable
        label={`${rows.label}, ${rangeText(offset, rows.rows.length, total)}`}
        columns={columns}
        rows={rows.rows.map((row, index) => [index, ...order.map((at) => row[at] ?? null)])}
        compact
      />
      <footer className={`${styles.foot ?? ''} num`}>
        <span>
          {rangeText(offset, rows.rows.length, total)}
          {hidden.length > 0 && ` · hidden, personal data: ${hidden.join(', ')}`}
        </span>
        {total > PAGE && (
          <span className={styles.turn}>
            <Button
              disabled={page === 0}
              onClick={() => {
                turn(page - 1)
              }}
            >
              Previous {PAGE}
            </Button>
            <Button
              disabled={offset + PAGE >= total}
              onClick={() => {
                turn(page + 1)
              }}
            >
              Next {PAGE}
            </Button>
          </span>
        )}
      </footer>
    </div>
  )
}

const isKey = (name: string) => name.endsWith('_id')

/** The row's own key first; keys of other tables say least, so they come last. */
export function columnOrder(names: readonly string[]): number[] {
  const all = names.map((_, index) => index)
  const isLast = (at: number) => at > 0 && isKey(names[at] ?? '')
  return [...all.filter((at) => !isLast(at)), ...all.filter(isLast)]
}

/** transactions.csv:1,204, or its record where the lines cannot be told. */
function Source({ source }: { source: RowsBehind['sources'][number] | undefined }) {
  if (!source || source.file === '') return <span className="t3">not known</span>
  const name = source.file.split('/').at(-1) ?? source.file
  const place =
    source.line === null
      ? `record ${formatCount(source.record)}`
      : `line ${formatCount(source.line)}`
  return (
    <span title={`${source.file}, ${place}, run ${source.run_id}`}>
      {name} <span className="t3">{place}</span>
    </span>
  )
}
