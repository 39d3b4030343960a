// One section: the drawing and, beside it, the numbers it rests on.

import { Link } from '@tanstack/react-router'

import type { Report, Value, Workspace } from '@/api/client'
import { findDimension } from '@/api/workspace'
import { AnswerChart } from '@/components/answer-chart'
import { shapeOf, type ChartKind } from '@/components/answer-shape'
import { Card } from '@/components/card'
import { DataTable, type TableColumn } from '@/components/data-table'
import { cx } from '@/lib/class-names'
import { formatBucket } from '@/lib/dates'
import { countOf, formatCount } from '@/lib/number-format'

import styles from './reports.module.css'

export type Section = Report['sections'][number]

/** The drawing the report wants, where the answer allows it. */
export function kindOf(section: Section, workspace: Workspace): ChartKind {
  const shape = shapeOf(section.answer, workspace)
  if (section.answer.rows.length === 0 || shape.metrics.length === 0) return 'table'
  const plain = shape.dimensions.length + (shape.time ? 1 : 0)
  if (plain === 0) return 'number'
  if (plain > 1) return section.chart === 'line' && shape.time ? 'line' : 'table'
  switch (section.chart) {
    case 'line':
      return shape.time ? 'line' : 'bar'
    case 'pie':
      return shape.additive ? 'pie' : 'bar'
    case 'bar':
    case 'table':
      return section.chart
  }
}

function sortOf({ query }: Section): string | undefined {
  const [first] = query.sort ?? []
  return first && `${first.descending === true ? '-' : ''}${first.by}`
}

export function ReportSection(props: { section: Section; workspace: Workspace; stale: boolean }) {
  const { section, workspace, stale } = props
  const { answer } = section
  const kind = kindOf(section, workspace)
  const empty = answer.rows.length === 0
  const cut = answer.rows.length < answer.num_rows
  return (
    <Card
      title={section.title}
      sub={[section.note, countOf(answer.rows_matched, 'row')]
        .filter((part) => part !== '')
        .join(' · ')}
      state={
        empty
          ? {
              kind: 'empty',
              title: 'Nothing in this period',
              detail: 'Choose a longer period in the top bar.',
            }
          : { kind: 'shown', stale }
      }
      tools={
        <Link
          to="/query"
          search={({ t, vs }) => ({
            t,
            vs,
            m: section.query.metrics.join(','),
            by: section.query.by.join(','),
            s: sortOf(section),
            n: section.query.limit,
          })}
          className={cx('link', 'not-printed', styles.open)}
        >
          Open in builder
        </Link>
      }
    >
      <div className={cx(styles.section, kind === 'table' && styles.alone)}>
        {kind !== 'table' && (
          <div className={styles.drawing}>
            <AnswerChart
              answer={answer}
              kind={kind}
              workspace={workspace}
              from={section.query.from ?? null}
              until={section.query.to ?? null}
              partial={cut}
              plots={1}
            />
          </div>
        )}
        {kind !== 'number' && (
          <div className={cx(styles.numbers, answer.totals !== undefined && styles.totals)}>
            <DataTable
              label={section.title}
              columns={columnsOf(section, workspace)}
              rows={answer.totals ? [...answer.rows, answer.totals] : answer.rows}
              maxHeight={kind === 'table' ? 480 : 300}
              compact
              {...(cut
                ? {
                    foot: `${formatCount(answer.rows.length)} of ${formatCount(answer.num_rows)}`,
                  }
                : {})}
            />
          </div>
        )}
      </div>
    </Card>
  )
}

function columnsOf({ answer }: Section, workspace: Workspace): TableColumn[] {
  return answer.columns.map((column, index): TableColumn => {
    if (column.role === 'metric') return column
    const grain = findDimension(workspace, column.name)?.grain
    return {
      ...column,
      type: 'text',
      render: (value: Value, row) => {
        if (row === answer.totals) return index === 0 ? <b>Total</b> : ''
        if (value === null) return 'not known'
        if (value === '') return '(empty)'
        if (grain !== undefined && typeof value === 'string') return formatBucket(grain, value)
        return typeof value === 'boolean' ? (value ? 'Yes' : 'No') : String(value)
      },
    }
  })
}
