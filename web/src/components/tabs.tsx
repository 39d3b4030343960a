import type { KeyboardEvent, ReactNode } from 'react'

import { cx } from '@/lib/class-names'

import type { Option } from './segmented-control'
import styles from './tabs.module.css'

/** The tabs under a page title. What they show goes into a TabPanel. */
export function Tabs<Value extends string>(props: {
  label: string
  tabs: readonly Option<Value>[]
  value: Value
  onChange: (value: Value) => void
  children?: ReactNode // Stands at the right end.
}) {
  const { label, tabs, value, onChange, children } = props
  const move = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
    const at = tabs.findIndex((tab) => tab.value === value)
    const next = tabs[(at + step + tabs.length) % tabs.length]
    if (step === 0 || !next) return
    event.preventDefault()
    onChange(next.value)
    document.getElementById(`tab-${next.value}`)?.focus()
  }
  return (
    <div className={styles.bar}>
      <div className={styles.tabs} role="tablist" aria-label={label} onKeyDown={move}>
        {tabs.map((tab) => (
          <button
            key={tab.value}
            id={`tab-${tab.value}`}
            type="button"
            role="tab"
            aria-selected={tab.value === value}
            tabIndex={tab.value === value ? 0 : -1}
            className={cx(styles.tab, tab.value === value && styles.on)}
            onClick={() => {
              onChange(tab.value)
            }}
          >
            {tab.label}
          </button>
        ))}
      </div>
      {children !== undefined && <div className={styles.end}>{children}</div>}
    </div>
  )
}

/** What the chosen tab shows. */
export function TabPanel({ value, children }: { value: string; children: ReactNode }) {
  return (
    <div role="tabpanel" aria-labelledby={`tab-${value}`}>
      {children}
    </div>
  )
}
