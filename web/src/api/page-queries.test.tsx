import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { renderHook, waitFor } from '@testing-library/react'
import type { ReactNode } from 'react'
import { afterEach, expect, test, vi } from 'vitest'

import { ApiError } from './client'
import { usePageQueries } from './page-queries'

afterEach(() => {
  vi.unstubAllGlobals()
})

const shown = (value: number) => ({
  columns: [{ name: 'revenue', label: 'Revenue', type: 'decimal', role: 'metric' }],
  rows: [[value]],
  num_rows: 1,
  rows_read: 9,
  rows_matched: 9,
  elapsed_ms: 1,
})

function serve(reply: () => Response | Promise<Response>) {
  const fetcher = vi.fn<(request: Request) => Promise<Response>>(() => Promise.resolve(reply()))
  vi.stubGlobal('fetch', fetcher)
  return fetcher
}

function wrapper() {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } })
  return ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={client}>{children}</QueryClientProvider>
  )
}

const queries = {
  good: { metrics: ['revenue'], by: [] },
  wrong: { metrics: ['nonsense'], by: [] },
}

test('all queries of a page travel in one request, and one that fails leaves the others whole', async () => {
  const fetcher = serve(() =>
    Response.json({
      answers: [
        shown(7),
        { error: { code: 'invalid_argument', message: 'the model has no nonsense' } },
      ],
      rows_read: 9,
      elapsed_ms: 2,
    }),
  )
  const { result } = renderHook(() => usePageQueries('test', queries), { wrapper: wrapper() })
  expect(result.current.answers.good).toEqual({ state: 'loading' })
  await waitFor(() => {
    expect(result.current.answers.good).toMatchObject({ state: 'shown', stale: false })
  })
  expect(result.current.answers.wrong).toMatchObject({
    state: 'failed',
    error: { code: 'invalid_argument' },
  })
  expect(result.current.rowsRead).toBe(9)
  expect(fetcher).toHaveBeenCalledTimes(1)
})

test('a refusal of the whole request reaches every card with its code', async () => {
  serve(() =>
    Response.json({ error: { code: 'unavailable', message: 'loading' } }, { status: 503 }),
  )
  const { result } = renderHook(() => usePageQueries('test', queries), { wrapper: wrapper() })
  await waitFor(() => {
    expect(result.current.answers.good.state).toBe('failed')
  })
  const { good } = result.current.answers
  expect(good.state === 'failed' && good.error).toBeInstanceOf(ApiError)
})
