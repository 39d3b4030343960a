// Everything the model has to choose from, with a search. A tick acts at once.

import { Popover } from '@mantine/core'
import { IconLock, IconPlus } from '@tabler/icons-react'
import { useState } from 'react'

import type { Dimension, Metric } from '@/api/client'
import menu from '@/components/menu.module.css'
import { formatCount } from '@/lib/number-format'

import styles from './field-picker.module.css'
import { matching } from './question'

export function FieldPicker(props: {
  noun: 'metric' | 'dimension'
  items: readonly (Metric | Dimension)[]
  chosen: readonly string[]
  onToggle: (name: string) => void
}) {
  const { noun, items, chosen, onToggle } = props
  const [open, setOpen] = useState(false)
  const [text, setText] = useState('')
  const found = matching(items, text)
  const tables = [...new Set(found.map((item) => item.table))]
  return (
    <Popover
      opened={open}
      onChange={setOpen}
      position="bottom-start"
      width={300}
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
            setText('')
            setOpen((old) => !old)
          }}
        >
          <IconPlus size={14} stroke={1.5} aria-hidden="true" />
          {noun === 'metric' ? 'Metric' : 'Dimension'}
        </button>
      </Popover.Target>
      <Popover.Dropdown aria-label={`Choose a ${noun}`}>
        <input
          type="search"
          className={styles.search}
          placeholder={`Search ${formatCount(items.length)} ${noun}s`}
          aria-label={`Search ${noun}s`}
          value={text}
          data-autofocus
          onChange={(event) => {
            setText(event.target.value)
          }}
        />
        <div className={styles.list}>
          {tables.map((table) => (
            <fieldset key={table} className={styles.group}>
              <legend>{table}</legend>
              {found
                .filter((item) => item.table === table)
                .map((item) => (
                  <Row
                    key={item.name}
                    item={item}
                    chosen={chosen.includes(item.name)}
                    onToggle={onToggle}
                  />
                ))}
            </fieldset>
          ))}
          {found.length === 0 && <p className={styles.none}>No {noun} has this in its name.</p>}
        </div>
      </Popover.Dropdown>
    </Popover>
  )
}

function Row(props: {
  item: Metric | Dimension
  chosen: boolean
  onToggle: (name: string) => void
}) {
  const { item, chosen, onToggle } = props
  const about = 'description' in item ? item.description : ''
  const locked = 'pii' in item && item.pii
  return (
    <label className={styles.row} title={about === '' ? undefined : about}>
      <input
        type="checkbox"
        checked={chosen}
        onChange={() => {
          onToggle(item.name)
        }}
      />
      <span>{item.label}</span>
      {locked && (
        <span className={styles.lock} title="Personal data: not every role may see it">
          <IconLock size={13} stroke={1.5} aria-label="Personal data" />
        </span>
      )}
      {'kind' in item && item.kind !== 'text' && <span className="t3">{item.kind}</span>}
    </label>
  )
}
