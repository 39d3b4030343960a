import { Popover } from '@mantine/core'
import { IconPlus, IconX } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'

import type { Dimension } from '@/api/client'
import { findDimension, useWorkspace } from '@/api/workspace'
import menu from '@/components/menu.module.css'
import { useView, useViewActions } from '@/components/view'
import type { Filter } from '@/lib/filters'
import { setFilter } from '@/lib/filters'

import { FacetList } from './facet-list'
import styles from './filter-bar.module.css'

const label = (value: string | null) =>
  value === null ? 'not known' : value === '' ? '(empty)' : value

/** The values of a chip: two by name, more by their number. */
export const chipValues = (values: readonly (string | null)[]) =>
  values.length <= 2
    ? values.map(label).join(', ')
    : `${label(values[0] ?? null)} + ${values.length - 1}`

export function FilterBar() {
  const { filters } = useView()
  return (
    <>
      {filters.map((filter) => (
        <Chip key={filter.field} filter={filter} />
      ))}
      <AddFilter />
    </>
  )
}

function Chip({ filter }: { filter: Filter }) {
  const [open, setOpen] = useState(false)
  const workspace = useWorkspace()
  const { filters } = useView()
  const { setFilters } = useViewActions()
  const dimension = findDimension(workspace, filter.field)
  const name = dimension?.label ?? filter.field
  const words = `${name} is ${filter.exclude ? 'not ' : ''}${chipValues(filter.values)}`
  return (
    <Popover
      opened={open}
      onChange={setOpen}
      position="bottom-start"
      width={280}
      classNames={{ dropdown: menu.dropdown ?? '' }}
      transitionProps={{ duration: 90 }}
      trapFocus
      returnFocus
    >
      <span className={styles.chip}>
        <Popover.Target>
          <button
            type="button"
            className={styles.words}
            disabled={!dimension}
            title={
              dimension ? words : `These data have no ${filter.field}; the filter does nothing`
            }
            onClick={() => {
              setOpen((old) => !old)
            }}
          >
            {dimension ? (
              <>
                {name} {filter.exclude ? 'is not' : 'is'} <b>{chipValues(filter.values)}</b>
              </>
            ) : (
              <s>{words}</s>
            )}
          </button>
        </Popover.Target>
        <button
          type="button"
          className={styles.cross}
          aria-label={`Drop ${words}`}
          onClick={() => {
            setFilters(setFilter(filters, { ...filter, values: [] }))
          }}
        >
          <IconX size={14} stroke={1.5} aria-hidden="true" />
        </button>
      </span>
      <Popover.Dropdown>
        {dimension && <FacetList dimension={dimension} filter={filter} />}
      </Popover.Dropdown>
    </Popover>
  )
}

function AddFilter() {
  const [open, setOpen] = useState(false)
  const [dimension, setDimension] = useState<Dimension | null>(null)
  const { filters } = useView()
  const client = useQueryClient()
  const change = (next: boolean) => {
    setOpen(next)
    if (!next) setDimension(null)
    else void client.cancelQueries({ queryKey: ['facet'] })
  }
  const filter = dimension && filters.find((item) => item.field === dimension.name)
  return (
    <Popover
      opened={open}
      onChange={change}
      position="bottom-start"
      width={280}
      classNames={{ dropdown: menu.dropdown ?? '' }}
      transitionProps={{ duration: 90 }}
      trapFocus
      returnFocus
    >
      <Popover.Target>
        <button
          type="button"
          className={styles.add}
          onClick={() => {
            change(!open)
          }}
        >
          <IconPlus size={14} stroke={1.5} aria-hidden="true" />
          Filter
        </button>
      </Popover.Target>
      <Popover.Dropdown>
        {dimension ? (
          <FacetList
            dimension={dimension}
            filter={filter ?? { field: dimension.name, exclude: false, values: [] }}
          />
        ) : (
          <DimensionList onChoose={setDimension} />
        )}
      </Popover.Dropdown>
    </Popover>
  )
}

function DimensionList({ onChoose }: { onChoose: (dimension: Dimension) => void }) {
  const [text, setText] = useState('')
  const workspace = useWorkspace()
  const needle = text.trim().toLowerCase()
  const fitting = workspace.model.dimensions.filter(
    (dimension) => dimension.kind !== 'time' && dimension.label.toLowerCase().includes(needle),
  )
  return (
    <>
      <input
        type="search"
        className={styles.search}
        placeholder="Filter by"
        aria-label="Find a dimension"
        value={text}
        data-autofocus
        onChange={(event) => {
          setText(event.target.value)
        }}
      />
      <ul className={styles.list}>
        {fitting.map((dimension) => (
          <li key={dimension.name}>
            <button
              type="button"
              className={menu.item}
              onClick={() => {
                onChoose(dimension)
              }}
            >
              {dimension.label}
              {dimension.pii && <span className={`${styles.note ?? ''} t3`}>personal data</span>}
            </button>
          </li>
        ))}
        {fitting.length === 0 && (
          <li className={styles.none}>No dimension has “{text}” in its name.</li>
        )}
      </ul>
    </>
  )
}
