import { useState } from 'react'

import type { Quality, Value } from '@/api/client'
import { Card } from '@/components/card'
import { DataTable, type TableColumn, type TableSort } from '@/components/data-table'
import { Tag } from '@/components/tag'
import { formatInstant } from '@/lib/dates'
import { countOf, formatShare } from '@/lib/number-format'

import { columnName, words } from './accounting'
import styles from './quality.module.css'

type Rule = Quality['rules'][number]

const COLUMNS: TableColumn[] = [
  { name: 'target', label: 'Column', type: 'text' },
  { name: 'rule', label: 'Rule', type: 'text', render: (value) => words(String(value)) },
  { name: 'dimension', label: 'Dimension', type: 'text' },
  { name: 'checked', label: 'Checked', type: 'int' },
  { name: 'failed', label: 'Failed', type: 'int' },
  {
    name: 'pass_rate',
    label: 'Passed',
    type: 'number',
    unit: 'percent',
    render: (value) => passed(typeof value === 'number' ? value : null),
  },
  {
    name: 'state',
    label: 'Says',
    type: 'text',
    render: (value) => (
      <Tag
        tone={
          value === 'holds'
            ? 'good'
            : value === 'fails'
              ? 'bad'
              : value === 'nothing to check'
                ? 'plain'
                : 'caution'
        }
      >
        {String(value)}
      </Tag>
    ),
  },
]

/** Never rounded up to 100 %: a rule with one failure did not pass. */
export function passed(rate: number | null): string {
  if (rate === null) return '–'
  if (rate < 1 && rate > 0.9999) return `> ${formatShare(0.9999, 2)}`
  return formatShare(rate, 2)
}

// How much a rule weighs, in the words of the API and in those of a mapping.
const SERIOUS: readonly string[] = ['bad', 'critical']

const stateOf = (rule: Rule) =>
  rule.checked === 0
    ? 'nothing to check'
    : rule.failed === 0
      ? 'holds'
      : SERIOUS.includes(rule.severity)
        ? 'fails'
        : 'some fail'

export function RulesCard({ rules }: { rules: readonly Rule[] }) {
  const [sort, setSort] = useState<TableSort>({ by: 'pass_rate', descending: false })
  const at = COLUMNS.findIndex((column) => column.name === sort.by)
  const rows = rules
    .map((rule): Value[] => [
      columnName(rule.table, rule.column),
      rule.rule,
      rule.dimension,
      rule.checked,
      rule.failed,
      rule.pass_rate,
      stateOf(rule),
    ])
    .toSorted((a, b) => (sort.descending ? -1 : 1) * compare(a[at] ?? null, b[at] ?? null))
  const held = rules.filter((rule) => rule.failed === 0).length
  return (
    <Card
      title="Rules"
      sub={`${held} of ${countOf(rules.length, 'rule')} hold without exception · newest load of each file`}
      span={8}
    >
      {rules.length === 0 ? (
        <p className={styles.none}>No rule was checked in the newest loads.</p>
      ) : (
        <DataTable
          label="Rules and how many values passed"
          columns={COLUMNS}
          rows={rows}
          sort={sort}
          onSort={(by) => {
            setSort((old) => ({ by, descending: old.by === by && !old.descending }))
          }}
          maxHeight={420}
          compact
        />
      )}
    </Card>
  )
}

/** Missing values last. */
function compare(a: Value, b: Value): number {
  if (a === b) return 0
  if (a === null || b === null) return a === null ? 1 : -1
  return a < b ? -1 : 1
}

export function TablesCard({ tables }: { tables: Quality['tables'] }) {
  return (
    <Card title="Tables" sub={countOf(tables.length, 'table')} span={4}>
      <DataTable
        label="Tables, their size and score"
        columns={[
          { name: 'table', label: 'Table', type: 'text' },
          { name: 'rows', label: 'Rows', type: 'int' },
          {
            name: 'score',
            label: 'Score',
            type: 'number',
            render: (value) => (typeof value === 'number' ? value.toFixed(1) : '–'),
          },
          {
            name: 'loaded',
            label: 'Loaded',
            type: 'instant',
            render: (value) =>
              typeof value === 'string' ? <span title={value}>{formatInstant(value)}</span> : '–',
          },
        ]}
        rows={tables.map((table): Value[] => [
          table.table,
          table.rows,
          table.score,
          table.loaded_at,
        ])}
        compact
      />
    </Card>
  )
}
