import { IconArrowDown, IconArrowUp, type Icon } from '@tabler/icons-react'
import type { ReactNode } from 'react'

import type { Column, Value } from '@/api/client'
import { cx } from '@/lib/class-names'
import { formatDay } from '@/lib/dates'
import { useFormat } from '@/lib/format-context'
import { formatCount, MISSING, type Format } from '@/lib/number-format'

import styles from './data-table.module.css'
import { IconButton } from './icon-button'

/** The columns of an answer fit as they are; cards may leave out what they do not know. */
export interface TableColumn {
  name: string
  label: string
  type: Column['type']
  unit?: Column['unit']
  render?: (value: Value, row: readonly Value[]) => ReactNode
}

export interface TableSort {
  by: string
  descending: boolean
}

export interface DataTableProps {
  label: string // The accessible name.
  columns: readonly TableColumn[]
  rows: readonly (readonly Value[])[]
  sort?: TableSort | undefined
  onSort?: (by: string) => void
  maxHeight?: number
  compact?: boolean
  first?: number // Where the rows stand in the whole, from 0.
  total?: number // How many there are in the whole.
  foot?: ReactNode // More for the foot, behind "1–100 of N".
  onSelect?: (index: number) => void
  selected?: number | undefined // The row that stands out.
  action?: RowAction | undefined // A button at the end of each row.
}

export interface RowAction {
  icon: Icon
  label: (row: readonly Value[]) => string // Of one row: "Rows behind Online".
  offers?: (row: readonly Value[]) => boolean // Rows that have the button; all if left out.
  run: (index: number) => void
}

const NUMERIC: readonly Column['type'][] = ['int', 'number', 'decimal']

export function DataTable(props: DataTableProps) {
  const {
    label,
    columns,
    rows,
    maxHeight,
    compact = false,
    first = 0,
    total,
    foot,
    onSelect,
    selected,
    action,
  } = props
  const format = useFormat()
  const decimals = columns.map((column, at) => decimalsOf(column, rows, at))
  return (
    <>
      <div
        className={styles.scroll}
        style={{ maxHeight }}
        tabIndex={0}
        role="region"
        aria-label={label}
      >
        <table
          className={cx(
            styles.table,
            compact && styles.compact,
            onSelect && styles.clickable,
            'num',
          )}
        >
          <thead>
            <tr>
              {columns.map((column) => (
                <Head key={column.name} column={column} {...props} />
              ))}
              {action && (
                <th scope="col" className={styles.action}>
                  Rows
                </th>
              )}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, index) => (
              <tr
                key={index}
                className={cx(index === selected && styles.selected)}
                onClick={() => onSelect?.(index)}
              >
                {columns.map((column, at) => {
                  const value = row[at] ?? null
                  return (
                    <td
                      key={column.name}
                      className={cx(isNumeric(column) && styles.right, value === null && 't3')}
                    >
                      {column.render
                        ? column.render(value, row)
                        : cellText(value, column, format, decimals[at])}
                    </td>
                  )
                })}
                {action && (
                  <td className={styles.action}>
                    {action.offers?.(row) !== false && (
                      <IconButton
                        icon={action.icon}
                        label={action.label(row)}
                        small
                        onClick={(event) => {
                          event.stopPropagation()
                          action.run(index)
                        }}
                      />
                    )}
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {(total !== undefined || foot !== undefined) && (
        <div className={`${styles.foot ?? ''} num`}>
          {total !== undefined && <span>{rangeText(first, rows.length, total)}</span>}
          {foot}
        </div>
      )}
    </>
  )
}

const isNumeric = (column: TableColumn) => NUMERIC.includes(column.type)

/** "1–100 of 25,012", or "None" when there are none. */
export const rangeText = (first: number, count: number, total: number) =>
  count === 0
    ? 'None'
    : `${formatCount(first + 1)}–${formatCount(first + count)} of ${formatCount(total)}`

function Head({ column, sort, onSort }: DataTableProps & { column: TableColumn }) {
  const active = sort?.by === column.name
  const Glyph = sort?.descending ? IconArrowDown : IconArrowUp
  const text = (
    <>
      {column.label}
      {active && <Glyph size={12} stroke={1.5} aria-hidden="true" />}
    </>
  )
  return (
    <th
      scope="col"
      className={cx(isNumeric(column) && styles.right)}
      aria-sort={active ? (sort.descending ? 'descending' : 'ascending') : undefined}
    >
      {onSort ? (
        <button
          type="button"
          onClick={() => {
            onSort(column.name)
          }}
        >
          {text}
        </button>
      ) : (
        text
      )}
    </th>
  )
}

/** As many decimals for a whole column as its values need, up to three; money always has two. */
function decimalsOf(
  column: TableColumn,
  rows: readonly (readonly Value[])[],
  at: number,
): number | undefined {
  if (column.unit === 'currency') return 2
  if (column.unit === 'percent' || column.unit === 'probability') return 1
  if (column.type === 'int') return 0
  if (!isNumeric(column)) return undefined
  const places = (value: Value | undefined) =>
    typeof value === 'number' ? (String(value).split('.')[1]?.length ?? 0) : 0
  return Math.min(3, Math.max(0, ...rows.map((row) => places(row[at]))))
}

export function cellText(
  value: Value,
  column: TableColumn,
  format: Format,
  decimals?: number,
): string {
  if (value === null) return MISSING
  if (typeof value === 'number' && isNumeric(column)) {
    return format.exact(value, column.unit ?? 'number', decimals)
  }
  if (typeof value === 'boolean') return value ? 'Yes' : 'No'
  if (column.type === 'date') return formatDay(String(value))
  if (column.type === 'instant') return String(value).slice(0, 16).replace('T', ' ')
  return String(value)
}
