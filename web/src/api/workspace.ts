import { queryOptions, useQuery, useSuspenseQuery } from '@tanstack/react-query'

import type { Grain } from '@/lib/dates'

import { api, unwrap, type Dimension, type Metric, type Workspace } from './client'

export const workspaceQuery = queryOptions({
  queryKey: ['workspace'],
  queryFn: async ({ signal }) => unwrap(await api.GET('/api/v1/workspace', { signal })),
  staleTime: 60_000,
})

/** For the shell, which also shows what to do when there is no answer. */
export const useWorkspaceQuery = () => useQuery(workspaceQuery)

/** For pages: the shell draws them only once the workspace is known. */
export const useWorkspace = (): Workspace => useSuspenseQuery(workspaceQuery).data

export const findMetric = (workspace: Workspace, name: string): Metric | undefined =>
  workspace.model.metrics.find((metric) => metric.name === name)

export const findDimension = (workspace: Workspace, name: string): Dimension | undefined =>
  workspace.model.dimensions.find((dimension) => dimension.name === name)

/** The time dimension that cuts a table into days, weeks and so on; the plainly named one first. */
export function timeDimension(
  workspace: Workspace,
  grain: Grain,
  table?: string,
): Dimension | undefined {
  const fitting = workspace.model.dimensions.filter(
    (dimension) => dimension.kind === 'time' && dimension.grain === grain,
  )
  return (
    fitting.find((dimension) => dimension.name === grain) ??
    fitting.find((dimension) => dimension.table === table) ??
    fitting[0]
  )
}
