// A card around a drawing: a switch, the table twin (v), and a menu with PNG and CSV.

import { Menu } from '@mantine/core'
import { IconDots, IconDownload, IconListSearch, IconPhoto, IconTable } from '@tabler/icons-react'
import { useState, type KeyboardEvent, type ReactNode } from 'react'

import type { Query, Value } from '@/api/client'
import { csvUrl, valueLabel } from '@/api/query'
import { ChartHandleContext, type ChartHandle } from '@/charts/handle'
import { download, downloadText, fileStem, toCsv } from '@/lib/download'

import { Card, type CardProps } from './card'
import styles from './chart-card.module.css'
import { DataTable, type RowAction, type TableColumn } from './data-table'
import { IconButton } from './icon-button'
import menu from './menu.module.css'

export interface ChartCardProps extends Omit<CardProps, 'title'> {
  title: string
  table: { columns: readonly TableColumn[]; rows: readonly (readonly Value[])[] } // The table twin.
  query?: Query | undefined // For a CSV of all rows; without it the CSV is the table twin.
  legend?: ReactNode
  onRows?: ((index: number) => void) | undefined // Opens what a row of the table twin rests on.
}

export function ChartCard(props: ChartCardProps) {
  const { title, table, query, legend, tools, children, onRows, ...rest } = props
  const [asTable, setAsTable] = useState(false)
  const [handle, setHandle] = useState<ChartHandle | null>(null)
  const name = fileStem(title)
  const savePng = () => {
    void handle?.png().then((url) => {
      download(url, `${name}.png`)
    })
  }
  const saveCsv = () => {
    if (query) download(csvUrl(query), `${name}.csv`)
    else
      downloadText(
        toCsv(
          table.columns.map((column) => column.label),
          table.rows,
        ),
        `${name}.csv`,
        'text/csv',
      )
  }
  const toggle = () => {
    setAsTable((old) => !old)
  }
  const key = (event: KeyboardEvent) => {
    const typing = event.target instanceof HTMLInputElement && event.target.type !== 'radio'
    if (event.key !== 'v' || event.ctrlKey || event.metaKey || event.altKey || typing) return
    event.stopPropagation()
    toggle()
  }
  return (
    <div className={styles.wrap} onKeyDown={key}>
      <Card
        {...rest}
        title={title}
        tools={
          <>
            {tools !== undefined && <div className={styles.tools}>{tools}</div>}
            <IconButton
              icon={IconTable}
              label="Show as table (v)"
              small
              on={asTable}
              onClick={toggle}
            />
            <Menu
              position="bottom-end"
              width={168}
              classNames={menu}
              transitionProps={{ duration: 90 }}
            >
              <Menu.Target>
                <IconButton icon={IconDots} label={`Menu of ${title}`} small />
              </Menu.Target>
              <Menu.Dropdown>
                {handle && (
                  <Menu.Item leftSection={<IconPhoto size={16} stroke={1.5} />} onClick={savePng}>
                    Save as PNG
                  </Menu.Item>
                )}
                <Menu.Item leftSection={<IconDownload size={16} stroke={1.5} />} onClick={saveCsv}>
                  Save as CSV
                </Menu.Item>
              </Menu.Dropdown>
            </Menu>
          </>
        }
      >
        {asTable ? (
          <DataTable
            label={title}
            columns={table.columns}
            rows={table.rows}
            maxHeight={Math.max(rest.height ?? 0, 200)}
            compact
            {...(onRows ? { action: rowsAction(onRows) } : {})}
          />
        ) : (
          <ChartHandleContext value={setHandle}>
            {legend !== undefined && <div className={styles.legend}>{legend}</div>}
            {children}
          </ChartHandleContext>
        )}
      </Card>
    </div>
  )
}

/** The button of a row that leads to what its number rests on. */
export const rowsAction = (
  run: (index: number) => void,
  offers?: (row: readonly Value[]) => boolean,
): RowAction => ({
  icon: IconListSearch,
  label: ([first]) => `Rows behind ${first === undefined ? 'this' : valueLabel(first)}`,
  run,
  ...(offers ? { offers } : {}),
})

/** A sample of a line as it is drawn, and its name. */
export function LegendItem({ name, color, dash }: { name: string; color: string; dash?: string }) {
  return (
    <span>
      <svg viewBox="0 0 18 8" width="18" height="8" aria-hidden="true">
        <path d="M0 4h18" strokeWidth="2" strokeDasharray={dash} style={{ stroke: color }} />
      </svg>
      {name}
    </span>
  )
}
