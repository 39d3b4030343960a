import { cx } from '@/lib/class-names'

import styles from './segmented-control.module.css'

export interface Option<Value extends string> {
  value: Value
  label: string
}

/** One of a few, 26 px high; arrow keys move, as in any group of radio buttons. */
export function SegmentedControl<Value extends string>(props: {
  label: string
  options: readonly Option<Value>[]
  value: Value
  onChange: (value: Value) => void
  wide?: boolean
}) {
  const { label, options, value, onChange, wide = false } = props
  return (
    <div className={cx(styles.group, wide && styles.wide)} role="radiogroup" aria-label={label}>
      {options.map((option) => (
        <label key={option.value} className={cx(styles.part, option.value === value && styles.on)}>
          <input
            type="radio"
            className="visually-hidden"
            name={label}
            value={option.value}
            checked={option.value === value}
            onChange={() => {
              onChange(option.value)
            }}
          />
          {option.label}
        </label>
      ))}
    </div>
  )
}
