// What the top bar says, for pages: the time range, what it is compared with, and the filters. All
// of it lives in the address; setting it moves the address, so that Back is undo.

import { useNavigate, useSearch } from '@tanstack/react-router'
import { useMemo } from 'react'

import type { Condition, Query } from '@/api/client'
import { toConditions } from '@/api/query'
import { useWorkspace } from '@/api/workspace'
import { formatFilters, parseFilters, toggleValue, type Filter } from '@/lib/filters'
import {
  comparedSpan,
  DEFAULT_TIME,
  resolveTime,
  type ComparedSpan,
  type Comparison,
  type TimeRange,
} from '@/lib/time-range'
import type { ViewSearch } from '@/lib/view-search'

export interface View {
  range: TimeRange
  comparison: Comparison
  compared: ComparedSpan | null // What the comparison comes to.
  filters: Filter[]
  where: Condition[]
  query: Pick<Query, 'where' | 'from' | 'to'> // Spread this into a Query: { ...view.query, metrics, by }.
  comparedQuery: Pick<Query, 'where' | 'from' | 'to'> | null
}

export function useView(): View {
  const workspace = useWorkspace()
  const search: ViewSearch = useSearch({ strict: false })
  const { t, vs, f } = search
  return useMemo(() => {
    const { from, to } = workspace.data
    const range = resolveTime(t, { from: from ?? '1970-01-01', to: to ?? '1970-01-01' })
    const comparison = vs ?? 'prev'
    const compared = comparedSpan(range, comparison)
    const filters = parseFilters(f)
    const where = toConditions(filters, workspace)
    return {
      range,
      comparison,
      compared,
      filters,
      where,
      query: { where, from: range.from, to: range.to },
      comparedQuery: compared && { where, from: compared.from, to: compared.to },
    }
  }, [workspace, t, vs, f])
}

export interface ViewActions {
  setTime: (t: string) => void
  setComparison: (vs: Comparison) => void
  setFilters: (filters: readonly Filter[]) => void
  toggleFilter: (field: string, value: string | null, exclude?: boolean) => void
}

export function useViewActions(): ViewActions {
  const navigate = useNavigate()
  const search: ViewSearch = useSearch({ strict: false })
  return useMemo(() => {
    const set = (change: ViewSearch) => {
      // What was clicked stays under the pointer.
      void navigate({ to: '.', search: (old) => ({ ...old, ...change }), resetScroll: false })
    }
    const setFilters = (filters: readonly Filter[]) => {
      set({ f: formatFilters(filters) })
    }
    return {
      setTime: (t) => {
        set({ t: t === DEFAULT_TIME ? undefined : t })
      },
      setComparison: (vs) => {
        set({ vs: vs === 'prev' ? undefined : vs })
      },
      setFilters,
      toggleFilter: (field, value, exclude) => {
        setFilters(toggleValue(parseFilters(search.f), field, value, exclude))
      },
    }
  }, [navigate, search.f])
}
