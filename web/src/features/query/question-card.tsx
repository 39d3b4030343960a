import { IconLock, IconX } from '@tabler/icons-react'

import type { Metric } from '@/api/client'
import { findDimension, findMetric, useWorkspace } from '@/api/workspace'
import { Card } from '@/components/card'
import { useView } from '@/components/view'
import { cx } from '@/lib/class-names'
import { useFormat } from '@/lib/format-context'
import { formatCount } from '@/lib/number-format'

import { ConditionForm } from './condition-form'
import { FieldPicker } from './field-picker'
import styles from './question-card.module.css'
import { effectiveSort, LIMITS, without, type MetricFilter, type Question } from './question'

export interface QuestionProps {
  question: Question
  onChange: (next: Question) => void
}

export function QuestionCard(props: QuestionProps) {
  return (
    <Card title="Question" span={12}>
      <div className={styles.lines}>
        <Shelf name="Show">
          <MetricShelf {...props} />
        </Shelf>
        <Shelf name="By">
          <DimensionShelf {...props} />
        </Shelf>
        <Shelf name="Where">
          <FilterShelf {...props} />
        </Shelf>
        <Shelf name="Order">
          <OrderShelf {...props} />
        </Shelf>
      </div>
    </Card>
  )
}

function Shelf({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div className={styles.line} role="group" aria-label={name}>
      <span className={styles.name} aria-hidden="true">
        {name}
      </span>
      <div className={styles.chips}>{children}</div>
    </div>
  )
}

function Chip(props: {
  label: string
  onDrop: () => void
  locked?: boolean
  unknown?: boolean
  title?: string | undefined
}) {
  const { label, onDrop, locked = false, unknown = false, title } = props
  return (
    <span className={cx(styles.chip, unknown && styles.unknown)} title={title}>
      {locked && <IconLock size={13} stroke={1.5} aria-label="Personal data" />}
      {unknown ? <s>{label}</s> : label}
      <button type="button" aria-label={`Drop ${label}`} onClick={onDrop}>
        <IconX size={14} stroke={1.5} aria-hidden="true" />
      </button>
    </span>
  )
}

function MetricShelf({ question, onChange }: QuestionProps) {
  const workspace = useWorkspace()
  return (
    <>
      {question.metrics.map((name) => {
        const metric = findMetric(workspace, name)
        return (
          <Chip
            key={name}
            label={metric?.label ?? name}
            unknown={!metric}
            title={metric ? metric.description : 'The model of this workspace has no such metric'}
            onDrop={() => {
              onChange(without(question, name))
            }}
          />
        )
      })}
      <FieldPicker
        noun="metric"
        items={workspace.model.metrics}
        chosen={question.metrics}
        onToggle={(name) => {
          const has = question.metrics.includes(name)
          onChange(
            has
              ? without(question, name)
              : { ...question, metrics: [...question.metrics, name], chart: null },
          )
        }}
      />
    </>
  )
}

function DimensionShelf({ question, onChange }: QuestionProps) {
  const workspace = useWorkspace()
  return (
    <>
      {question.dimensions.map((name) => {
        const dimension = findDimension(workspace, name)
        return (
          <Chip
            key={name}
            label={dimension?.label ?? name}
            locked={dimension?.pii ?? false}
            unknown={!dimension}
            title={
              dimension
                ? dimension.pii
                  ? 'Personal data: not every role may see it'
                  : undefined
                : 'The model of this workspace has no such dimension'
            }
            onDrop={() => {
              onChange({ ...without(question, name), chart: null })
            }}
          />
        )
      })}
      <FieldPicker
        noun="dimension"
        items={workspace.model.dimensions}
        chosen={question.dimensions}
        onToggle={(name) => {
          const has = question.dimensions.includes(name)
          onChange({
            ...(has
              ? without(question, name)
              : { ...question, dimensions: [...question.dimensions, name] }),
            chart: null,
          })
        }}
      />
    </>
  )
}

const SIGNS: Record<MetricFilter['op'], string> = {
  '>': '>',
  '>=': '≥',
  '<': '<',
  '<=': '≤',
  '=': '=',
  '!=': '≠',
}

function FilterShelf({ question, onChange }: QuestionProps) {
  const workspace = useWorkspace()
  const format = useFormat()
  const { filters } = useView()
  const metricOf = (name: string): Metric | undefined => findMetric(workspace, name)
  return (
    <>
      {filters.length > 0 && (
        <span className={styles.words}>
          {filters.length === 1 ? 'the filter' : `the ${filters.length} filters`} of the top bar
        </span>
      )}
      {question.filters.map((filter, index) => {
        const metric = metricOf(filter.metric)
        const value = format.exact(filter.value, metric?.unit ?? 'number', decimals(filter.value))
        return (
          <Chip
            key={`${filter.metric}${filter.op}${filter.value}`}
            label={`${metric?.label ?? filter.metric} ${SIGNS[filter.op]} ${value}`}
            unknown={!metric}
            onDrop={() => {
              onChange({ ...question, filters: question.filters.toSpliced(index, 1) })
            }}
          />
        )
      })}
      <ConditionForm
        metrics={workspace.model.metrics}
        start={question.metrics[0]}
        onAdd={(filter) => {
          const others = question.filters.filter(
            (one) => one.metric !== filter.metric || one.op !== filter.op,
          )
          onChange({ ...question, filters: [...others, filter] })
        }}
      />
    </>
  )
}

const decimals = (value: number) => (Number.isInteger(value) ? 0 : undefined)

function OrderShelf({ question, onChange }: QuestionProps) {
  const workspace = useWorkspace()
  const sort = effectiveSort(question, workspace)
  const names = [...question.metrics, ...question.dimensions]
  const kind = findDimension(workspace, sort?.by ?? '')?.kind
  const words =
    kind === 'time'
      ? ['latest first', 'earliest first']
      : kind === 'text'
        ? ['from Z to A', 'from A to Z']
        : ['largest first', 'smallest first']
  const label = (name: string) =>
    findMetric(workspace, name)?.label ?? findDimension(workspace, name)?.label ?? name
  return (
    <>
      <select
        aria-label="Sort by"
        className={styles.select}
        value={sort?.by ?? ''}
        disabled={names.length === 0 || question.dimensions.length === 0}
        onChange={(event) => {
          const by = event.target.value
          onChange({ ...question, sort: { by, descending: question.metrics.includes(by) } })
        }}
      >
        {sort === null && <option value="">As it comes</option>}
        {names.map((name) => (
          <option key={name} value={name}>
            {label(name)}
          </option>
        ))}
      </select>
      <select
        aria-label="Direction"
        className={styles.select}
        value={sort?.descending === true ? 'down' : 'up'}
        disabled={sort === null}
        onChange={(event) => {
          if (sort)
            onChange({ ...question, sort: { ...sort, descending: event.target.value === 'down' } })
        }}
      >
        <option value="down">{words[0]}</option>
        <option value="up">{words[1]}</option>
      </select>
      <select
        aria-label="Most rows"
        className={styles.select}
        value={question.limit}
        onChange={(event) => {
          onChange({ ...question, limit: Number(event.target.value) })
        }}
      >
        {[...new Set([...LIMITS, question.limit])]
          .toSorted((a, b) => a - b)
          .map((limit) => (
            <option key={limit} value={limit}>
              at most {formatCount(limit)} rows
            </option>
          ))}
      </select>
      <label className={styles.check}>
        <input
          type="checkbox"
          checked={question.totals}
          onChange={(event) => {
            onChange({ ...question, totals: event.target.checked })
          }}
        />
        Totals
      </label>
    </>
  )
}
