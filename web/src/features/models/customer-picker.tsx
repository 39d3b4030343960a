// A search over real customers, as a combobox: arrows move, Enter takes, Escape closes.

import { useDebouncedValue } from '@mantine/hooks'
import { IconSearch, IconX } from '@tabler/icons-react'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useId, useState, type KeyboardEvent } from 'react'

import { api, sentence, unwrap } from '@/api/client'
import { cx } from '@/lib/class-names'
import { formatCount } from '@/lib/number-format'

import styles from './form-card.module.css'

const MOST = 8
const TYPING_MS = 120

export function CustomerPicker(props: {
  customer: number | null
  onChoose: (id: number | null) => void
}) {
  const { customer, onChoose } = props
  const list = useId()
  const [text, setText] = useState<string | null>(null) // null: not searching.
  const [at, setAt] = useState(0)
  const [needle] = useDebouncedValue(text, TYPING_MS)
  const found = useQuery({
    queryKey: ['customers', needle],
    queryFn: async ({ signal }) =>
      unwrap(
        await api.GET('/api/v1/customers', {
          params: { query: { search: needle ?? '', limit: MOST } },
          signal,
        }),
      ),
    enabled: text !== null && needle !== null,
    placeholderData: keepPreviousData,
  })
  const customers = found.data?.customers ?? []
  const open = text !== null
  const take = (id: number) => {
    setText(null)
    onChoose(id)
  }
  const key = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === 'Escape') {
      setText(null)
      return
    }
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (step !== 0) {
      event.preventDefault()
      if (!open) setText('')
      setAt((old) => Math.max(0, Math.min(customers.length - 1, old + step)))
    }
    const hit = customers[at]
    if (event.key === 'Enter' && open && hit) {
      event.preventDefault()
      take(hit.customer_id)
      event.currentTarget.blur()
    }
  }
  return (
    <div className={styles.picker}>
      <IconSearch size={14} stroke={1.5} className={styles.pickerIcon} aria-hidden="true" />
      <input
        role="combobox"
        aria-label="Pick a real customer"
        aria-expanded={open}
        aria-controls={list}
        aria-autocomplete="list"
        aria-activedescendant={open && customers[at] ? `${list}-${at}` : undefined}
        autoComplete="off"
        placeholder="Pick a real customer"
        value={text ?? (customer === null ? '' : `Customer ${customer}`)}
        onFocus={() => {
          setText('')
          setAt(0)
        }}
        onBlur={() => {
          setText(null)
        }}
        onChange={(event) => {
          setText(event.target.value)
          setAt(0)
        }}
        onKeyDown={key}
      />
      {customer !== null && !open && (
        <button
          type="button"
          className={styles.pickerDrop}
          aria-label={`Drop customer ${customer}, begin with an average one`}
          onClick={() => {
            onChoose(null)
          }}
        >
          <IconX size={14} stroke={1.5} aria-hidden="true" />
        </button>
      )}
      <ul id={list} role="listbox" aria-label="Customers" className={styles.hits} hidden={!open}>
        {customers.map((hit, index) => (
          <li
            key={hit.customer_id}
            id={`${list}-${index}`}
            role="option"
            aria-selected={index === at}
            className={cx(index === at && styles.hitOn)}
            // The press comes before the blur that would close the list.
            onMouseDown={(event) => {
              event.preventDefault()
              take(hit.customer_id)
              if (document.activeElement instanceof HTMLElement) document.activeElement.blur()
            }}
          >
            <span>{hit.label}</span>
            <span className="t3">
              {[hit.segment, hit.country].filter((part) => part !== null).join(' · ')}
            </span>
          </li>
        ))}
        {found.error && <li className={styles.hitNote}>{sentence(found.error.message)}</li>}
        {found.data && (
          <li className={cx(styles.hitNote, 'num')} role="presentation">
            {customers.length === 0
              ? 'No customer has this in their number or name'
              : `${formatCount(customers.length)} of ${formatCount(found.data.total)}`}
          </li>
        )}
      </ul>
    </div>
  )
}
