import { IconRotate } from '@tabler/icons-react'
import { useState } from 'react'

import { sentence, type Prediction, type TaskModels, type Value } from '@/api/client'
import { Button } from '@/components/button'
import { Card } from '@/components/card'
import { Tag } from '@/components/tag'
import { countOf, formatCount } from '@/lib/number-format'

import { CustomerPicker } from './customer-picker'
import { CategoryField, NumberField } from './fields'
import { byImportance, changedWords, type Values } from './form'
import styles from './form-card.module.css'

const SHOWN = 7

export function FormCard(props: {
  task: TaskModels
  values: Values
  changes: number
  flags: Prediction['flags']
  customer: number | null
  customerError: Error | null
  onChange: (name: string, value: Value) => void
  onReset: () => void
  onCustomer: (id: number | null) => void
}) {
  const { task, values, changes, flags, customer, customerError, onChange } = props
  const [all, setAll] = useState(false)
  const sorted = byImportance(task.features)
  const shown = all || sorted.length <= SHOWN + 1 ? sorted : sorted.slice(0, SHOWN)
  const words = changedWords(changes)
  return (
    <Card
      title="Try a customer"
      sub={`${countOf(task.features.length, 'input')} · ranges from ${
        task.rows_train === null ? 'your customers' : countOf(task.rows_train, 'training row')
      }`}
      span={4}
      tools={
        <Button kind="quiet" icon={IconRotate} disabled={changes === 0} onClick={props.onReset}>
          Reset
        </Button>
      }
    >
      <div className={styles.top}>
        <CustomerPicker customer={customer} onChoose={props.onCustomer} />
        {words !== null && (
          <span className={styles.changed}>
            <Tag tone="primary">{words}</Tag>
          </span>
        )}
      </div>
      {customerError && <p className={styles.warning}>{sentence(customerError.message)}</p>}
      <div className={styles.fields}>
        {shown.map((feature) => {
          const common = {
            feature,
            value: values[feature.name] ?? null,
            flag: flags.find((flag) => flag.feature === feature.name)?.message ?? null,
            onChange: (value: Value) => {
              onChange(feature.name, value)
            },
          }
          return feature.kind === 'number' ? (
            <NumberField key={feature.name} {...common} />
          ) : (
            <CategoryField key={feature.name} {...common} />
          )
        })}
      </div>
      {sorted.length > shown.length || all ? (
        <button
          type="button"
          className={`link ${styles.more ?? ''}`}
          onClick={() => {
            setAll((old) => !old)
          }}
        >
          {all
            ? `Show the ${SHOWN} that matter most`
            : `Show ${formatCount(sorted.length - shown.length)} more inputs`}
        </button>
      ) : null}
    </Card>
  )
}
