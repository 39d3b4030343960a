// The log of loads: what a file held, and what became of every record of it.

import { IconAlertTriangle, IconCheck } from '@tabler/icons-react'
import { useState } from 'react'

import { Button } from '@/components/button'
import { Card } from '@/components/card'
import { DataTable, type TableColumn } from '@/components/data-table'
import { Tag, type TagTone } from '@/components/tag'
import { cx } from '@/lib/class-names'
import { formatInstant } from '@/lib/dates'
import { countOf, formatCount } from '@/lib/number-format'

import {
  accountOf,
  accountWords,
  type Fate,
  FATES,
  gapWords,
  idOf,
  words,
  type Run,
} from './accounting'
import styles from './quality.module.css'

const SHOWN = 12
// Columns of the log; the others come when a load has something in them.
const ALWAYS_SHOWN: readonly Fate[] = ['loaded', 'duplicates', 'rejected']

/** A load of several tables has one row for each. */
const isSame = (run: Run, chosen: Run | null) => chosen !== null && idOf(run) === idOf(chosen)

export function RunsCard(props: {
  runs: readonly Run[]
  chosen: Run | null
  onChoose: (id: string | null) => void
}) {
  const { runs, chosen, onChoose } = props
  const [all, setAll] = useState(false)
  const visible = all || runs.length <= SHOWN ? runs : runs.slice(0, SHOWN)
  // A chosen run is always in sight.
  const shown =
    chosen && !visible.includes(chosen)
      ? [...visible, ...runs.filter((run) => !visible.includes(run) && isSame(run, chosen))]
      : visible
  const fates = FATES.filter(
    ({ key }) => ALWAYS_SHOWN.includes(key) || shown.some((run) => run[key] > 0),
  )
  const found = runs.reduce((sum, run) => sum + run.records_found, 0)
  return (
    <Card
      title="Loads"
      sub={`${countOf(runs.length, 'load')} · ${countOf(found, 'record')} found, the newest first`}
      span={12}
      tools={
        chosen && (
          <Button
            onClick={() => {
              onChoose(null)
            }}
          >
            Show all loads below
          </Button>
        )
      }
    >
      <ul className={styles.legend} aria-label="What becomes of a record">
        {FATES.map((fate) => (
          <li key={fate.key}>
            <i style={{ background: fate.color }} />
            {fate.label}
          </li>
        ))}
      </ul>
      <div className={styles.log}>
        <DataTable
          label="Loads and what became of their records"
          columns={columnsOf(shown, fates, chosen, onChoose)}
          rows={shown.map((run, index) => [
            index,
            run.started_at,
            run.table_name,
            run.status,
            run.records_found,
            index,
            ...fates.map((fate) => run[fate.key]),
            index,
            run.score,
          ])}
          first={0}
          total={runs.length}
          foot={
            runs.length > SHOWN && (
              <button
                type="button"
                className="link"
                onClick={() => {
                  setAll((old) => !old)
                }}
              >
                {all ? `Show the newest ${SHOWN}` : `Show all ${formatCount(runs.length)}`}
              </button>
            )
          }
        />
      </div>
    </Card>
  )
}

function columnsOf(
  runs: readonly Run[],
  fates: readonly (typeof FATES)[number][],
  chosen: Run | null,
  onChoose: (id: string | null) => void,
): TableColumn[] {
  const at = (value: unknown) => runs[Number(value)]
  return [
    {
      name: 'file',
      label: 'File',
      type: 'text',
      render: (value) => {
        const run = at(value)
        if (!run) return null
        const on = isSame(run, chosen)
        return (
          <button
            type="button"
            className={cx(styles.file, on && styles.fileOn)}
            aria-pressed={on}
            title={`${run.file_name}: show what this load rejected and skipped`}
            onClick={() => {
              onChoose(on ? null : idOf(run))
            }}
          >
            {run.file_name}
          </button>
        )
      },
    },
    {
      name: 'started',
      label: 'Started',
      type: 'instant',
      render: (value) => <span title={String(value)}>{formatInstant(String(value))}</span>,
    },
    { name: 'table', label: 'Table', type: 'text' },
    {
      name: 'status',
      label: 'Status',
      type: 'text',
      render: (value) => <Tag tone={toneOf(String(value))}>{words(String(value))}</Tag>,
    },
    { name: 'found', label: 'Found', type: 'int' },
    {
      name: 'fates',
      label: 'What became of them',
      type: 'text',
      render: (value) => {
        const run = at(value)
        return run ? <FateBar run={run} /> : null
      },
    },
    ...fates.map((fate): TableColumn => ({ name: fate.key, label: fate.label, type: 'int' })),
    {
      name: 'sum',
      label: 'Adds up',
      type: 'text',
      render: (value) => {
        const run = at(value)
        const gap = run ? gapWords(accountOf(run).gap) : null
        // A load that stopped has records nobody looked at; nothing of it was published.
        if (gap !== null && run && STOPPED.includes(run.status))
          return <span className="t3">stopped early</span>
        return gap === null ? (
          <IconCheck size={14} stroke={1.5} className="good" aria-label="Adds up" />
        ) : (
          <span className={cx(styles.gap, 'bad')}>
            <IconAlertTriangle size={14} stroke={1.5} aria-hidden="true" />
            {gap}
          </span>
        )
      },
    },
    {
      name: 'score',
      label: 'Score',
      type: 'number',
      render: (value) => (typeof value === 'number' ? value.toFixed(1) : '–'),
    },
  ]
}

const STOPPED: readonly string[] = ['failed', 'interrupted', 'running']

function toneOf(status: string): TagTone {
  if (status === 'failed' || status === 'interrupted') return 'bad'
  if (status === 'partial' || status === 'running') return 'caution'
  return 'good'
}

/** One bar per load, its parts in the order of the columns. */
function FateBar({ run }: { run: Run }) {
  return (
    <span
      className={styles.fates}
      role="img"
      aria-label={accountWords(run)}
      title={accountWords(run)}
    >
      {accountOf(run)
        .parts.filter((part) => part.count > 0)
        .map((part) => (
          <i
            key={part.key}
            style={{ flexGrow: part.share, flexBasis: 0, background: part.color }}
          />
        ))}
    </span>
  )
}
