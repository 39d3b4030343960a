// A file on its way in: what was sent, what the server says of it, and what becomes of its runs.

import { ApiError, type components, type Problem } from '@/api/client'
import { formatCount, NBSP } from '@/lib/number-format'

export type RunRow = components['schemas']['RunRow']

export const MOST_BYTES = 2 ** 30 // As the server takes it.

/** "1.2 MB". */
export function formatBytes(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB']
  let [value, unit] = [bytes, 0]
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000
    unit += 1
  }
  return `${unit === 0 || value >= 100 ? value.toFixed(0) : value.toFixed(1)}${NBSP}${units[unit] ?? ''}`
}

/** Why a file is not sent at all, or null. The server says the same; here nobody waits for it. */
export function refusalOf(file: Pick<File, 'name' | 'size'>): string | null {
  if (file.size > MOST_BYTES)
    return `${file.name} is ${formatBytes(file.size)}; at most ${formatBytes(MOST_BYTES)} can be sent from here. Put it into the inbox of the workspace and run cip ingest.`
  if (file.size === 0) return `${file.name} is empty.`
  return null
}

/** orders.csv is taken: orders-2.csv, and after that orders-3.csv. */
export function nextName(name: string): string {
  const [, stem = name, count, ending = ''] =
    /^(.*?)(?:-(\d+))?(\.[^.]+(?:\.(?:gz|zst))?)?$/.exec(name) ?? []
  return `${stem}-${Number(count ?? 1) + 1}${ending}`
}

/** Sends the bytes; the file is read while it is sent, whatever its size. */
export async function sendFile(file: File, name: string): Promise<string> {
  const response = await fetch(`/api/v1/uploads?name=${encodeURIComponent(name)}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/octet-stream' },
    body: file,
  })
  const answer = (await response.json().catch(() => null)) as {
    file?: string
    error?: Problem
  } | null
  if (response.ok && answer?.file !== undefined) return answer.file
  throw new ApiError(
    answer?.error ?? { code: 'internal', message: `the server answered ${response.status}` },
  )
}

export type Phase = 'mapping' | 'preview' | 'published' | 'undone'

export interface FileRuns {
  phase: Phase
  runId: number | null
  tables: RunRow[] // Of the newest run that counts.
}

/** Where a file stands, by the newest of its runs. */
export function standingOf(file: string, runs: readonly RunRow[]): FileRuns {
  const own = runs.filter(
    (run) => run.file === file && run.kind !== 'undo' && PHASES[run.status] !== undefined,
  )
  const [newest] = own.toSorted((a, b) => b.run_id - a.run_id)
  if (!newest) return { phase: 'mapping', runId: null, tables: [] }
  return {
    phase: PHASES[newest.status] ?? 'mapping',
    runId: newest.run_id,
    tables: own.filter((run) => run.run_id === newest.run_id),
  }
}

const PHASES: Record<string, Phase | undefined> = {
  held: 'preview',
  complete: 'published',
  partial: 'published',
  undone: 'undone',
  discarded: 'mapping',
}

export interface Figure {
  label: string
  count: number
  bad?: boolean
}

/** New, changed and unchanged always; the rest where there is some. */
export function figuresOf(run: RunRow): Figure[] {
  const rest: Figure[] = [
    { label: 'duplicates', count: run.duplicates },
    { label: 'skipped', count: run.skipped },
    { label: 'rejected', count: run.rejected, bad: true },
  ]
  return [
    { label: 'new', count: run.loaded },
    { label: 'changed', count: run.updated },
    { label: 'unchanged', count: run.unchanged },
    ...rest.filter(({ count }) => count > 0),
  ]
}

/** 312 new, 4,101 changed, 95,200 unchanged, 17 rejected. */
export const figureWords = (run: RunRow): string =>
  figuresOf(run)
    .map(({ label, count }) => `${formatCount(count)} ${label}`)
    .join(', ')
