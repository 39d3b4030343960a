// Long work that the server does in the background: started, followed, and told when it is over.

import { useQuery } from '@tanstack/react-query'
import { useEffect, useEffectEvent, useState } from 'react'

import { api, ApiError, unwrap } from './client'

const POLL_MS = 500

export interface JobProgress {
  start: () => void
  running: boolean
  step: string
  share: number | null // Of the work that is done; null while unknown.
  error: Error | null
}

const isOver = (state: string | undefined) => state === 'done' || state === 'failed'

/** `begin` starts the job and gives its id; `onDone` hears when it has succeeded. */
export function useJob(begin: () => Promise<string>, onDone: () => unknown): JobProgress {
  const [id, setId] = useState<string | null>(null)
  const [starting, setStarting] = useState(false)
  const [refused, setRefused] = useState<Error | null>(null)
  const job = useQuery({
    queryKey: ['job', id],
    queryFn: async ({ signal }) => {
      const path = { id: id ?? '' }
      return unwrap(await api.GET('/api/v1/jobs/{id}', { params: { path }, signal }))
    },
    enabled: id !== null,
    refetchInterval: (query) => (isOver(query.state.data?.state) ? false : POLL_MS),
  })
  const state = job.data?.state
  const finish = useEffectEvent(onDone)
  useEffect(() => {
    if (state === 'done') void finish()
  }, [state, id])
  const start = async () => {
    setId(null)
    setRefused(null)
    setStarting(true)
    try {
      setId(await begin())
    } catch (error) {
      setRefused(error instanceof Error ? error : new Error(String(error)))
    } finally {
      setStarting(false)
    }
  }
  const total = job.data?.total ?? 0
  const failed =
    state === 'failed'
      ? new ApiError({ code: 'conflict', message: job.data?.message ?? 'the work failed' })
      : null
  return {
    start: () => void start(),
    running: starting || (id !== null && !isOver(state) && !job.error),
    step: job.data?.step ?? '',
    share: job.data && total > 0 ? job.data.done / total : null,
    error: refused ?? job.error ?? failed,
  }
}
