import styles from './quality.module.css'

/** One of a list that may be long. */
export function Choice(props: {
  label: string
  value: string
  options: readonly { value: string; label: string }[]
  onChange: (value: string) => void
}) {
  return (
    <select
      className={styles.choice}
      aria-label={props.label}
      title={props.label}
      value={props.value}
      onChange={(event) => {
        props.onChange(event.target.value)
      }}
    >
      {props.options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.label}
        </option>
      ))}
    </select>
  )
}
