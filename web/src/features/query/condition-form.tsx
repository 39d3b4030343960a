import { Popover } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useState } from 'react'

import type { Metric } from '@/api/client'
import { Button } from '@/components/button'
import menu from '@/components/menu.module.css'

import styles from './field-picker.module.css'
import { COMPARISONS, type Comparison, type MetricFilter } from './question'

const WORDS: Record<Comparison, string> = {
  '>': 'above',
  '>=': 'at least',
  '<': 'below',
  '<=': 'at most',
  '=': 'exactly',
  '!=': 'not',
}

const isComparison = (text: string): text is Comparison =>
  COMPARISONS.some((comparison) => comparison === text)

/** Keeps groups by the size of a metric: revenue above 1,000. */
export function ConditionForm(props: {
  metrics: readonly Metric[]
  start: string | undefined
  onAdd: (filter: MetricFilter) => void
}) {
  const { metrics, start, onAdd } = props
  const [open, setOpen] = useState(false)
  const [metric, setMetric] = useState('')
  const [op, setOp] = useState<Comparison>('>')
  const [text, setText] = useState('')
  const chosen = metrics.find((one) => one.name === metric)
  const share = chosen?.unit === 'percent' || chosen?.unit === 'probability'
  const value = text.trim() === '' ? NaN : Number(text) / (share ? 100 : 1)
  const change = (next: boolean) => {
    setOpen(next)
    if (next) {
      setMetric(start ?? metrics[0]?.name ?? '')
      setText('')
    }
  }
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
          Condition
        </button>
      </Popover.Target>
      <Popover.Dropdown aria-label="Add a condition on a metric">
        <form
          className={styles.form}
          onSubmit={(event) => {
            event.preventDefault()
            if (!Number.isFinite(value) || metric === '') return
            onAdd({ metric, op, value })
            change(false)
          }}
        >
          <select
            aria-label="Metric"
            value={metric}
            onChange={(event) => {
              setMetric(event.target.value)
            }}
          >
            {metrics.map((one) => (
              <option key={one.name} value={one.name}>
                {one.label}
              </option>
            ))}
          </select>
          <div className={styles.pair}>
            <select
              aria-label="How it is compared"
              value={op}
              onChange={(event) => {
                if (isComparison(event.target.value)) setOp(event.target.value)
              }}
            >
              {COMPARISONS.map((one) => (
                <option key={one} value={one}>
                  {WORDS[one]}
                </option>
              ))}
            </select>
            <input
              inputMode="decimal"
              aria-label={share ? 'Value in percent' : 'Value'}
              placeholder={share ? '%' : 'number'}
              value={text}
              data-autofocus
              onChange={(event) => {
                setText(event.target.value)
              }}
            />
          </div>
          <div className={styles.formFoot}>
            <span className="t3">
              {text !== '' && Number.isNaN(value) ? 'A number is wanted' : 'Of each group'}
            </span>
            <Button type="submit" disabled={!Number.isFinite(value)}>
              Add condition
            </Button>
          </div>
        </form>
      </Popover.Dropdown>
    </Popover>
  )
}
