// One model: a customer to try, what it says of them, and how far to trust it.

import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useDebouncedValue } from '@mantine/hooks'
import { useMemo, useState } from 'react'

import { api, unwrap, type TaskModels, type Value } from '@/api/client'
import { Grid } from '@/components/grid'

import { CalibrationCard } from './calibration-card'
import { ComparisonCard } from './comparison-card'
import { FormCard } from './form-card'
import { averageValues, bodyOf, changesOf, customerValues, taskOf, type PredictBody } from './form'
import { ExcludedCard, ImportanceCard } from './importance-card'
import { ResultCard } from './result-card'

const TYPING_MS = 90

export function usePrediction(task: TaskModels['task'], body: PredictBody | null) {
  return useQuery({
    queryKey: ['prediction', task, body],
    // The signal cancels an answer that nobody waits for any more.
    queryFn: async ({ signal }) =>
      unwrap(
        await api.POST('/api/v1/predict/{task}', {
          params: { path: { task } },
          body: body ?? {},
          signal,
        }),
      ),
    enabled: body !== null,
    placeholderData: keepPreviousData,
    staleTime: Infinity,
  })
}

export function useCustomer(id: number | undefined) {
  return useQuery({
    queryKey: ['customer', id],
    queryFn: async ({ signal }) =>
      unwrap(
        await api.GET('/api/v1/customers/{id}', { params: { path: { id: id ?? 0 } }, signal }),
      ),
    enabled: id !== undefined,
    staleTime: 60_000,
  })
}

export function TaskPanel({ task, tasks }: { task: TaskModels; tasks: readonly TaskModels[] }) {
  const { id } = useSearch({ from: '/models' })
  const navigate = useNavigate({ from: '/models' })
  const customer = useCustomer(id)
  const [changed, setChanged] = useState<Readonly<Record<string, Value>>>({})
  const start = useMemo(
    () =>
      customer.data ? customerValues(task.features, customer.data) : averageValues(task.features),
    [task, customer.data],
  )
  const values = { ...start, ...changed }
  const changes = changesOf(start, values)
  // While a customer is on their way there is nothing to ask yet.
  const waiting = id !== undefined && !customer.data
  const body = useMemo(
    () => (waiting ? null : bodyOf(id ?? null, start, changed)),
    [waiting, id, start, changed],
  )
  const [settled] = useDebouncedValue(body, TYPING_MS)
  const prediction = usePrediction(task.task, settled)
  const value = task.task === 'churn' ? taskOf(tasks, 'lifetime_value') : undefined
  const worth = usePrediction(
    'lifetime_value',
    value && settled?.customer_id !== undefined ? { customer_id: settled.customer_id } : null,
  )
  return (
    <>
      <Grid>
        <FormCard
          task={task}
          values={values}
          changes={Object.keys(changes).length}
          flags={prediction.data?.flags ?? []}
          customer={id ?? null}
          customerError={customer.error}
          onChange={(name, next) => {
            setChanged((old) => ({ ...old, [name]: next }))
          }}
          onReset={() => {
            setChanged({})
          }}
          onCustomer={(next) => {
            setChanged({})
            void navigate({
              search: (old) => ({ ...old, id: next ?? undefined }),
              resetScroll: false,
            })
          }}
        />
        <ResultCard
          task={task}
          query={prediction}
          stale={settled !== body}
          changes={Object.keys(changes).length}
          worth={
            value && worth.data && id !== undefined
              ? { label: value.label, value: worth.data.output.value }
              : null
          }
        />
      </Grid>
      <Grid>
        <ComparisonCard task={task} />
        {task.calibration ? <CalibrationCard task={task} /> : <ImportanceCard task={task} />}
      </Grid>
      <Grid>
        {task.calibration && <ImportanceCard task={task} wide />}
        <ExcludedCard task={task} />
      </Grid>
    </>
  )
}
