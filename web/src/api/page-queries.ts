// One page, one request: every card of a page asks through here, and all questions travel
// together, so that they are answered from the same snapshot.

import { keepPreviousData, useQuery } from '@tanstack/react-query'

import { api, ApiError, unwrap, type Answer, type Query } from './client'

export type CardAnswer =
  | { state: 'loading' }
  | { state: 'shown'; answer: Answer; stale: boolean } // stale: the next one is on its way.
  | { state: 'failed'; error: Error; retry: () => void }

export interface PageAnswers<Key extends string> {
  answers: Record<Key, CardAnswer>
  rowsRead: number | null
  elapsedMs: number | null
}

export function usePageQueries<Key extends string>(
  page: string,
  queries: Readonly<Record<Key, Query>>,
): PageAnswers<Key> {
  const keys = Object.keys(queries) as Key[]
  const { data, error, isPlaceholderData, refetch } = useQuery({
    queryKey: ['page', page, queries],
    // The signal cancels the request as soon as the page asks something else.
    queryFn: async ({ signal }) => {
      const body = { queries: keys.map((key) => queries[key]) }
      const result = unwrap(await api.POST('/api/v1/query', { body, signal }))
      return { keys, ...result }
    },
    enabled: keys.length > 0,
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  })
  const retry = () => {
    void refetch()
  }
  const answerOf = (key: Key): CardAnswer => {
    if (error) return { state: 'failed', error, retry }
    const answer = data?.answers[data.keys.indexOf(key)]
    if (!answer) return { state: 'loading' }
    if ('error' in answer) return { state: 'failed', error: new ApiError(answer.error), retry }
    return { state: 'shown', answer, stale: isPlaceholderData }
  }
  return {
    answers: Object.fromEntries(keys.map((key) => [key, answerOf(key)])) as Record<Key, CardAnswer>,
    rowsRead: data?.rows_read ?? null,
    elapsedMs: data?.elapsed_ms ?? null,
  }
}
