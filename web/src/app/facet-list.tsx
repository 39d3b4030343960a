// The values of a dimension with their counts under the other filters. A tick acts at once.

import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'

import {
  api,
  ApiError,
  sentence,
  unwrap,
  type Answer,
  type Condition,
  type Dimension,
  type Query,
} from '@/api/client'
import { asNumber, filterValue, toConditions, valueLabel } from '@/api/query'
import { useWorkspace } from '@/api/workspace'
import { SegmentedControl } from '@/components/segmented-control'
import { useView, useViewActions } from '@/components/view'
import { cx } from '@/lib/class-names'
import { setFilter, type Filter } from '@/lib/filters'
import { formatCount } from '@/lib/number-format'

import styles from './filter-bar.module.css'

const MOST = 200
const MODES = [
  { value: 'include', label: 'Only these' },
  { value: 'exclude', label: 'All but these' },
] as const

interface Facet {
  value: string | null
  label: string
  count: number
}

// Values that are not there at all come last, whatever their count.
const rank = (facet: Facet) => (facet.value === null ? 2 : facet.value === '' ? 1 : 0)

export function facetsOf(answer: Answer): Facet[] {
  return answer.rows
    .map((row) => ({
      value: filterValue(row[0]),
      label: valueLabel(row[0]),
      count: asNumber(row[1]) ?? 0,
    }))
    .toSorted((a, b) => rank(a) - rank(b) || b.count - a.count)
}

function useFacets(dimension: Dimension, needle: string) {
  const workspace = useWorkspace()
  const { filters, range } = useView()
  const metrics = workspace.model.metrics
  const counted =
    metrics.find((metric) => metric.name === 'orders') ??
    metrics.find((metric) => metric.unit === 'count') ??
    metrics[0]
  const others = toConditions(
    filters.filter((filter) => filter.field !== dimension.name),
    workspace,
  )
  const search: Condition[] =
    needle === '' || dimension.kind !== 'text'
      ? []
      : [{ field: dimension.name, op: 'contains', values: [needle] }]
  const query: Query = {
    metrics: counted ? [counted.name] : [],
    by: [dimension.name],
    where: [...others, ...search],
    from: range.from,
    to: range.to,
    ...(counted ? { sort: [{ by: counted.name, descending: true }] } : {}),
    limit: MOST,
  }
  const result = useQuery({
    queryKey: ['facet', query],
    queryFn: async ({ signal }): Promise<Answer> => {
      const { answers } = unwrap(
        await api.POST('/api/v1/query', { body: { queries: [query] }, signal }),
      )
      const [answer] = answers
      if (!answer) throw new ApiError({ code: 'internal', message: 'the server answered nothing' })
      if ('error' in answer) throw new ApiError(answer.error)
      return answer
    },
    placeholderData: keepPreviousData,
  })
  return { ...result, countLabel: counted?.label ?? 'Count' }
}

export function FacetList({ dimension, filter }: { dimension: Dimension; filter: Filter }) {
  const [text, setText] = useState('')
  const { filters } = useView()
  const { setFilters } = useViewActions()
  const { data, error, countLabel } = useFacets(dimension, text.trim())
  const facets = data ? facetsOf(data) : []
  const known = new Set(facets.map((facet) => facet.value))
  // What is chosen but gone stays, struck through, with its count of nothing.
  const gone = text === '' && data ? filter.values.filter((value) => !known.has(value)) : []
  const most = Math.max(1, ...facets.map((facet) => facet.count))
  const choose = (values: (string | null)[]) => {
    setFilters(setFilter(filters, { ...filter, values }))
  }
  const toggle = (value: string | null) => {
    choose(
      filter.values.includes(value)
        ? filter.values.filter((item) => item !== value)
        : [...filter.values, value],
    )
  }
  return (
    <>
      <input
        type="search"
        className={styles.search}
        placeholder={`Search ${dimension.label.toLowerCase()}`}
        aria-label={`Search ${dimension.label}`}
        value={text}
        data-autofocus
        onChange={(event) => {
          setText(event.target.value)
        }}
      />
      <div className={styles.mode}>
        <SegmentedControl
          label={`How ${dimension.label} filters`}
          options={MODES}
          value={filter.exclude ? 'exclude' : 'include'}
          onChange={(mode) => {
            setFilters(setFilter(filters, { ...filter, exclude: mode === 'exclude' }))
          }}
        />
        <span className="t3">{countLabel}</span>
      </div>
      {error && <p className={styles.none}>{sentence(error.message)}</p>}
      <ul className={styles.list}>
        {facets.map((facet) => (
          <li key={facet.value ?? '(null)'}>
            <FacetRow
              facet={facet}
              share={facet.count / most}
              chosen={filter.values.includes(facet.value)}
              onToggle={toggle}
            />
          </li>
        ))}
        {gone.map((value) => (
          <li key={value ?? '(null)'}>
            <FacetRow
              facet={{ value, label: valueLabel(value), count: 0 }}
              share={0}
              chosen
              gone
              onToggle={toggle}
            />
          </li>
        ))}
        {data?.num_rows === 0 && <li className={styles.none}>Nothing found.</li>}
      </ul>
      {data && data.num_rows > facets.length && (
        <p className={styles.none}>
          {formatCount(facets.length)} of {formatCount(data.num_rows)}; search for the others
        </p>
      )}
    </>
  )
}

function FacetRow(props: {
  facet: Facet
  share: number
  chosen: boolean
  gone?: boolean
  onToggle: (value: string | null) => void
}) {
  const { facet, share, chosen, gone = false, onToggle } = props
  return (
    <label className={cx(styles.facet, chosen && styles.chosen)}>
      <input
        type="checkbox"
        checked={chosen}
        onChange={() => {
          onToggle(facet.value)
        }}
      />
      <span className={cx(styles.facetName, gone && styles.gone)} title={facet.label}>
        {facet.label}
      </span>
      <span className={styles.bar} aria-hidden="true">
        <i style={{ width: `${100 * share}%` }} />
      </span>
      <span className="num t3">{formatCount(facet.count)}</span>
    </label>
  )
}
