import { useState } from 'react'

import type { Value } from '@/api/client'
import { Card, queryState } from '@/components/card'
import { DataTable, type TableColumn } from '@/components/data-table'
import { SegmentedControl } from '@/components/segmented-control'
import { Tag } from '@/components/tag'
import { countOf, formatShare } from '@/lib/number-format'

import type { AnalysisQuery } from './analyses'
import styles from './analytics.module.css'
import { missingRows, words } from './outliers'
import { useEmptyState } from './states'
import { usePhone } from './use-phone'

const WIDE: TableColumn[] = [
  { name: 'reason', label: 'Because', type: 'text' },
  { name: 'missing', label: 'Missing', type: 'int' },
  { name: 'rows', label: 'of rows', type: 'int' },
  { name: 'type', label: 'Type', type: 'text' },
]

const SHOWN = [
  { value: 'missing', label: 'With gaps' },
  { value: 'all', label: 'All columns' },
] as const

export function MissingCard(props: { missing: AnalysisQuery<'missing'>; period: string }) {
  const { missing, period } = props
  const phone = usePhone()
  const [shown, setShown] = useState<'missing' | 'all'>('missing')
  const tables = missing.data?.tables ?? []
  const state = useEmptyState(queryState(missing), missing.data?.tables.length === 0)
  const gaps = missingRows(tables, false).length
  const rows = missingRows(tables, shown === 'all')
  const total = tables.reduce((sum, table) => sum + table.columns.length, 0)
  return (
    <Card
      title="Missing data"
      sub={`${gaps} of ${countOf(total, 'column')} with gaps · ${period}`}
      span={12}
      height={160}
      state={state}
      tools={<SegmentedControl label="Columns" options={SHOWN} value={shown} onChange={setShown} />}
    >
      {rows.length === 0 ? (
        <p className={styles.caption}>No column has a missing value.</p>
      ) : (
        <DataTable
          label="Missing values by column, and what to do about them"
          columns={[
            {
              name: 'column',
              label: 'Column',
              type: 'text',
              render: (value, row) => (
                <>
                  <span className="t3">{String(row[7])}.</span>
                  {String(value)}
                </>
              ),
            },
            {
              name: 'share',
              label: 'Share',
              type: 'number',
              render: (value) => formatShare(typeof value === 'number' ? value : null, 2),
            },
            {
              name: 'treatment',
              label: 'Recommended',
              type: 'text',
              render: (value, row) => <Tag tone={toneOf(row[1])}>{words(String(value))}</Tag>,
            },
            ...(phone ? [] : WIDE),
          ]}
          rows={rows.map((row): Value[] => [
            row.column,
            row.share,
            row.treatment,
            row.reason,
            row.missing,
            row.rows,
            row.type,
            row.table,
          ])}
          maxHeight={360}
          compact
        />
      )}
      {phone && rows.length > 0 && (
        <p className={styles.caption}>
          A wider screen also shows the reason, the type and how many are missing.
        </p>
      )}
    </Card>
  )
}

/** Above a fifth a fill would invent the column. */
const toneOf = (share: Value | undefined) =>
  typeof share === 'number' && share > 0.2 ? 'caution' : 'plain'
