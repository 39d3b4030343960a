// The arithmetic of loads: every record found has exactly one fate.

import type { Quality } from '@/api/client'
import { countOf, formatCount, formatShare } from '@/lib/number-format'

export type Run = Quality['runs'][number]

export const FATES = [
  { key: 'loaded', label: 'Loaded', color: 'var(--s1)' },
  { key: 'updated', label: 'Updated', color: 'var(--s5)' },
  { key: 'unchanged', label: 'Unchanged', color: 'var(--neutral-mark)' },
  { key: 'duplicates', label: 'Duplicates', color: 'var(--s6)' },
  { key: 'skipped', label: 'Skipped', color: 'var(--s2)' },
  { key: 'rejected', label: 'Rejected', color: 'var(--bad)' },
] as const

export type Fate = (typeof FATES)[number]['key']

export interface Account {
  parts: { key: Fate; label: string; color: string; count: number; share: number }[]
  sum: number
  gap: number // Records found that no fate accounts for; negative when there are too many.
}

export function accountOf(run: Pick<Run, Fate | 'records_found'>): Account {
  const sum = FATES.reduce((total, fate) => total + run[fate.key], 0)
  const whole = Math.max(sum, run.records_found)
  const parts = FATES.map((fate) => ({
    ...fate,
    count: run[fate.key],
    share: whole > 0 ? run[fate.key] / whole : 0,
  }))
  return { parts, sum, gap: run.records_found - sum }
}

/** "12 records are missing", or null when the numbers add up. */
export function gapWords(gap: number): string | null {
  if (gap === 0) return null
  return gap > 0
    ? `${countOf(gap, 'record')} unaccounted for`
    : `${countOf(-gap, 'record')} too many`
}

/** 1,200 found = 1,150 loaded + 20 updated + ... */
export const accountWords = (run: Pick<Run, Fate | 'records_found'>): string =>
  `${formatCount(run.records_found)} found = ${accountOf(run)
    .parts.filter((part) => part.count > 0)
    .map((part) => `${formatCount(part.count)} ${part.label.toLowerCase()}`)
    .join(' + ')}`

/** What the score rests on, in words. */
export function scoreWords(
  quality: Pick<Quality, 'score' | 'coverage' | 'standard_error'>,
): string[] {
  if (quality.score === null)
    return ['No rule could be checked, so there is no score. That is not a score of zero.']
  const error = quality.standard_error
  return [
    error === null
      ? 'How exact the score is cannot be told: too little was checked.'
      : `Likely between ${told(quality.score - 2 * error)} and ${told(quality.score + 2 * error)} (standard error ${error.toFixed(error < 0.1 ? 2 : 1)}).`,
    quality.coverage >= 1
      ? 'All rules could be checked.'
      : `${formatShare(quality.coverage, 0)} of the rules could be checked; the rest has no say in the score.`,
  ]
}

const told = (score: number) => Math.max(0, Math.min(100, score)).toFixed(1)

export type Status = Quality['status']

export const STATUS_WORDS: Record<Status, string> = {
  good: 'Good',
  caution: 'Look here',
  bad: 'Bad',
  unknown: 'Not scored',
}

/** The server may number runs; the address and comparisons hold text. */
export const idOf = (item: { run_id: unknown }) => String(item.run_id)

/** Groups of one cause, the most frequent first, whatever run and file they came in. */
export function byCause<Group extends { table: string; count: number }>(
  groups: readonly Group[],
  causeOf: (group: Group) => string,
): { cause: string; table: string; count: number; first: Group; runs: number }[] {
  const found = new Map<string, { cause: string; table: string; count: number; groups: Group[] }>()
  for (const group of groups) {
    const cause = causeOf(group)
    const key = `${group.table}\n${cause}`
    const entry = found.get(key) ?? { cause, table: group.table, count: 0, groups: [] }
    entry.count += group.count
    entry.groups.push(group)
    found.set(key, entry)
  }
  return [...found.values()]
    .flatMap(({ cause, table, count, groups: [first, ...more] }) =>
      first ? [{ cause, table, count, first, runs: 1 + more.length }] : [],
    )
    .toSorted((a, b) => b.count - a.count)
}

/** transactions.amount, or the table alone where a whole record is meant. */
export const columnName = (table: string, column: string | null) =>
  column === null || column === '' ? table : `${table}.${column}`

/** OUT_OF_RANGE as "out of range", CAST_INTEGER as "not a valid integer". */
export const words = (code: string) =>
  code
    .toLowerCase()
    .replace(/^cast_/, 'not a valid ')
    .replaceAll('_', ' ')

/** The sentence under the title. */
export function qualityNews(quality: Quality): string {
  const open = quality.alerts.length
  const head =
    quality.score === null
      ? 'The data have **no score** yet'
      : `Quality is **${quality.score.toFixed(1)}** of 100`
  const alerts =
    open === 0 ? 'no alert is open' : `**${open}** ${open === 1 ? 'alert is' : 'alerts are'} open`
  const rejected = quality.rejects.reduce((sum, group) => sum + group.count, 0)
  const tail =
    rejected === 0
      ? 'Nothing was rejected in the newest loads.'
      : `**${formatCount(rejected)}** ${rejected === 1 ? 'record was' : 'records were'} rejected in the newest loads.`
  return `${head}, ${alerts}. ${tail}`
}
