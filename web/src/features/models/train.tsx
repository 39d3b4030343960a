// Training from the page: start it, follow it, and show what came of it in its place.

import { IconLock, IconAlertTriangle, IconCheck } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'

import { api, ApiError, sentence, unwrap } from '@/api/client'
import { Button } from '@/components/button'
import { cx } from '@/lib/class-names'

import styles from './models.module.css'

const POLL_MS = 700

export interface Training {
  start: () => void
  running: boolean
  step: string
  share: number | null // Of the work that is done; null while unknown.
  refused: string | null // Words of a refusal.
  failed: string | null
  done: boolean
}

export function useTraining(): Training {
  const client = useQueryClient()
  const [id, setId] = useState<string | null>(null)
  const start = useMutation({
    mutationFn: async () => unwrap(await api.POST('/api/v1/train', { body: {} })),
    onSuccess: (job) => {
      setId(job.job_id)
    },
  })
  const job = useQuery({
    queryKey: ['job', id],
    queryFn: async ({ signal }) =>
      unwrap(await api.GET('/api/v1/jobs/{id}', { params: { path: { id: id ?? '' } }, signal })),
    enabled: id !== null,
    refetchInterval: (query) => (isOver(query.state.data?.state) ? false : POLL_MS),
  })
  const state = job.data?.state
  useEffect(() => {
    if (state !== 'done') return
    void client.invalidateQueries({ queryKey: ['models'] })
    void client.invalidateQueries({ queryKey: ['prediction'] })
  }, [state, client, id])
  const refused =
    start.error instanceof ApiError && start.error.code === 'forbidden'
      ? sentence(start.error.message)
      : null
  const error = start.error ?? job.error
  const message = state === 'failed' ? (job.data?.message ?? 'the training failed') : error?.message
  const total = job.data?.total ?? 0
  return {
    start: () => {
      setId(null)
      start.mutate()
    },
    running: start.isPending || (id !== null && !isOver(state) && !job.error),
    step: job.data?.step ?? '',
    share: job.data && total > 0 ? job.data.done / total : null,
    refused,
    failed: refused === null && message !== undefined ? sentence(message) : null,
    done: state === 'done',
  }
}

const isOver = (state: string | undefined) => state === 'done' || state === 'failed'

export function TrainButton({ training, again }: { training: Training; again: boolean }) {
  return (
    <Button kind="primary" disabled={training.running} onClick={training.start}>
      {training.running ? 'Training' : again ? 'Train again' : 'Train models'}
    </Button>
  )
}

export function TrainStatus({ training }: { training: Training }) {
  const { running, step, share, refused, failed, done } = training
  return (
    <div role="status">
      {running ? (
        <div className={styles.status}>
          <span>
            Training{step === '' ? '' : `: ${step}`}
            {share === null ? '' : `, ${Math.floor(100 * share)}\u00a0%`}
          </span>
          <span className={styles.progress} aria-hidden="true">
            <i style={{ width: `${100 * (share ?? 0)}%` }} />
          </span>
        </div>
      ) : refused !== null ? (
        <div className={styles.status}>
          <IconLock size={16} stroke={1.5} aria-hidden="true" />
          <span>{refused}</span>
        </div>
      ) : failed !== null ? (
        <div className={cx(styles.status, styles.statusBad)}>
          <IconAlertTriangle size={16} stroke={1.5} aria-hidden="true" />
          <span>{failed} The models in use are as they were.</span>
        </div>
      ) : done ? (
        <div className={styles.status}>
          <IconCheck size={16} stroke={1.5} className="good" aria-hidden="true" />
          <span>Trained. The page shows the new models.</span>
        </div>
      ) : null}
    </div>
  )
}
