// What the panel of rows shows, in the address: a metric, and the group of it that is meant. Time
// and filters are those of the page.

import { useNavigate, useSearch } from '@tanstack/react-router'
import { useMemo } from 'react'

import type { Query, RowsRequest, Value, Workspace } from '@/api/client'
import { filterValue, toConditions, typed } from '@/api/query'
import { findDimension, findMetric } from '@/api/workspace'
import { formatFilters, parseFilters, type Filter } from '@/lib/filters'
import type { ViewSearch } from '@/lib/view-search'

import { rememberFocus } from './focus-origin'
import type { View } from './view'

/** One group of an answer: the value of each dimension. */
export type Group = readonly (readonly [dimension: string, value: Value])[]

export interface RowsWanted {
  metric: string
  label: string
  at: Filter[] // One value each.
}

/** What an address asks for; null where it asks for nothing this workspace has. */
export function readRows(
  { rows, at }: Pick<ViewSearch, 'rows' | 'at'>,
  workspace: Workspace,
): RowsWanted | null {
  const metric = rows === undefined ? undefined : findMetric(workspace, rows)
  if (!metric) return null
  const known = parseFilters(at).filter(
    ({ field, exclude, values }) =>
      !exclude && values.length === 1 && findDimension(workspace, field) !== undefined,
  )
  return { metric: metric.name, label: metric.label, at: known }
}

export const writeRows = (metric: string, group: Group): Pick<ViewSearch, 'rows' | 'at'> => ({
  rows: metric,
  at: formatFilters(
    group.map(([field, value]) => ({ field, exclude: false, values: [filterValue(value)] })),
  ),
})

/** The question whose rows are wanted, as the server takes it. */
export function rowsRequest(
  wanted: RowsWanted,
  view: Pick<View, 'query'>,
  workspace: Workspace,
): RowsRequest {
  const at = wanted.at.map(({ field, values }): [string, Value] => [
    field,
    typed(values[0] ?? null, findDimension(workspace, field)?.kind ?? 'text'),
  ])
  return {
    query: { ...view.query, metrics: [wanted.metric], by: at.map(([field]) => field) },
    at: Object.fromEntries(at),
  }
}

/** The number itself, asked once more: what stands above the rows is what they add up to. */
export function numberQuery(
  wanted: RowsWanted,
  view: Pick<View, 'query'>,
  workspace: Workspace,
): Query {
  const where = Array.isArray(view.query.where) ? view.query.where : []
  return {
    ...view.query,
    metrics: [wanted.metric],
    by: [],
    where: [...where, ...toConditions(wanted.at, workspace)],
  }
}

export function useRows(): { open: (metric: string, group: Group) => void; close: () => void } {
  const navigate = useNavigate()
  const { rows } = useSearch({ strict: false })
  return useMemo(
    () => ({
      open: (metric, group) => {
        rememberFocus()
        const wanted = writeRows(metric, group)
        void navigate({ to: '.', search: (old) => ({ ...old, ...wanted }), resetScroll: false })
      },
      close: () => {
        if (rows === undefined) return
        const none = { rows: undefined, at: undefined }
        void navigate({ to: '.', search: (old) => ({ ...old, ...none }), resetScroll: false })
      },
    }),
    [navigate, rows],
  )
}
