import { keepPreviousData, useQuery } from '@tanstack/react-query'

import { api, unwrap, type Quality, type Value } from '@/api/client'
import { Card, queryState } from '@/components/card'
import { DataTable } from '@/components/data-table'
import { Tag } from '@/components/tag'
import { formatInstant } from '@/lib/dates'
import { formatCount, formatShare } from '@/lib/number-format'

import { Choice } from './choice'
import { ColumnDetails } from './column-details'
import { cellText, distinctText, medianOf, movedWords, type Profile } from './profile'
import styles from './quality.module.css'
import type { QualitySearch } from './search'

type Asked = Pick<QualitySearch, 'table' | 'column' | 'of' | 'against'>

/** What the columns of a table looked like in a load, and what moved since another one. */
export function ProfileCard(props: {
  tables: Quality['tables']
  asked: Asked
  onAsk: (asked: Asked) => void
}) {
  const { tables, asked, onAsk } = props
  const query = useQuery({
    queryKey: ['profile', asked.table, asked.of, asked.against],
    queryFn: async ({ signal }) =>
      unwrap(
        await api.GET('/api/v1/profile', {
          params: {
            query: {
              ...(asked.table === undefined ? {} : { table: asked.table }),
              ...(asked.of === undefined ? {} : { run: asked.of }),
              ...(asked.against === undefined ? {} : { against: asked.against }),
            },
          },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
    retry: false,
  })
  const profile = query.data
  const table = profile?.table ?? asked.table ?? ''
  return (
    <Card
      title="Columns"
      sub={profile ? subOf(profile) : 'what the columns of a load look like'}
      span={12}
      height={320}
      state={queryState(query)}
      tools={
        <span className={styles.choices}>
          <Choice
            label="Table"
            value={table}
            options={tables.map((one) => ({ value: one.table, label: one.table }))}
            onChange={(chosen) => {
              onAsk({ table: chosen, column: undefined, of: undefined, against: undefined })
            }}
          />
          {profile && <RunChoices profile={profile} asked={asked} onAsk={onAsk} />}
        </span>
      }
    >
      {profile && <Columns profile={profile} asked={asked} onAsk={onAsk} />}
    </Card>
  )
}

const subOf = ({ run, against }: Profile) =>
  `load ${run.run_id} of ${run.file_name}${against ? ` beside load ${against.run_id} of ${against.file_name}` : ''} · good records`

function RunChoices(props: { profile: Profile; asked: Asked; onAsk: (asked: Asked) => void }) {
  const { profile, asked, onAsk } = props
  const runs = profile.runs.map((run) => ({
    value: String(run.run_id),
    label: `load ${run.run_id}${run.finished_at === null ? '' : `, ${formatInstant(run.finished_at)}`}`,
  }))
  return (
    <>
      <Choice
        label="Load"
        value={String(profile.run.run_id)}
        options={runs}
        onChange={(run) => {
          onAsk({ ...asked, of: Number(run) })
        }}
      />
      {runs.length > 1 && (
        <Choice
          label="Beside"
          value={profile.against ? String(profile.against.run_id) : ''}
          options={[
            { value: '', label: 'beside none' },
            ...runs
              .filter((run) => run.value !== String(profile.run.run_id))
              .map((run) => ({ ...run, label: `beside ${run.label}` })),
          ]}
          onChange={(run) => {
            onAsk({ ...asked, against: run === '' ? undefined : Number(run) })
          }}
        />
      )}
    </>
  )
}

function Columns(props: { profile: Profile; asked: Asked; onAsk: (asked: Asked) => void }) {
  const { profile, asked, onAsk } = props
  const { columns } = profile
  const at = columns.findIndex((column) => column.column === asked.column)
  const shown = columns[Math.max(0, at)]
  return (
    <div className={styles.profile}>
      <div>
        <DataTable
          label={`The columns of ${profile.table}`}
          columns={[
            {
              name: 'column',
              label: 'Column',
              type: 'text',
              render: (value) => {
                const column = columns[Number(value)]
                return column === undefined ? null : (
                  <button
                    type="button"
                    className={column === shown ? styles.fileOn : styles.file}
                    aria-pressed={column === shown}
                    onClick={() => {
                      onAsk({ ...asked, table: profile.table, column: column.column })
                    }}
                  >
                    {column.column}
                  </button>
                )
              },
            },
            { name: 'type', label: 'Type', type: 'text' },
            {
              name: 'nulls',
              label: 'Missing',
              type: 'number',
              render: (value) => (value === 0 ? '–' : formatShare(Number(value), 1)),
            },
            { name: 'distinct', label: 'Different', type: 'text' },
            { name: 'min', label: 'Least', type: 'text' },
            { name: 'median', label: 'Median', type: 'text' },
            { name: 'max', label: 'Greatest', type: 'text' },
            {
              name: 'moved',
              label: profile.against ? 'Moved' : 'Most frequent',
              type: 'text',
              render: (value) =>
                profile.against === null || value === '' || value === null ? (
                  <span className={styles.clipped}>{value === null ? '–' : String(value)}</span>
                ) : (
                  <Tag tone="caution">{String(value)}</Tag>
                ),
            },
          ]}
          rows={columns.map((column, index): Value[] => [
            index,
            column.type,
            column.null_share,
            distinctText(column),
            cellText(column.min, column.type),
            cellText(medianOf(column), column.type),
            cellText(column.max, column.type),
            profile.against ? movedWords(column) : (column.top[0]?.value ?? null),
          ])}
          maxHeight={420}
          compact
          foot={
            <span>
              {formatCount(columns.length)} columns; of texts the numbers are lengths in bytes
            </span>
          }
        />
      </div>
      {shown && <ColumnDetails column={shown} profile={profile} />}
    </div>
  )
}
