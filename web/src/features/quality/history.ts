// What the loads of a source say about each other.

import type { Quality, components } from '@/api/client'
import { formatCount } from '@/lib/number-format'

import { columnName, words } from './accounting'

export type ScorePoint = Quality['trend'][number]
export type QualityChange = Quality['changes'][number]
export type RuleChange = components['schemas']['RuleChange']
export type Feed = Quality['freshness'][number]

/** The sources in the order of their newest load, the newest first. */
export function sourcesOf(trend: readonly ScorePoint[]): string[] {
  return [...new Set(trend.toReversed().map((point) => point.source_id))]
}

/** The source that is shown: the one asked for, else one with an alarm, else the newest. */
export function shownSource(trend: readonly ScorePoint[], wanted: string | undefined) {
  const sources = sourcesOf(trend)
  if (wanted !== undefined && sources.includes(wanted)) return wanted
  return sources.find((source) => isAlarm(lastOf(trend, source))) ?? sources[0] ?? null
}

const lastOf = (trend: readonly ScorePoint[], source: string) =>
  trend.findLast((point) => point.source_id === source)

export const isAlarm = (point: ScorePoint | undefined) =>
  point?.state === 'jump' || point?.state === 'drift'

const LEAST_LOADS = 5

/** What the newest load of a source is, beside those before it. */
export function trendWords(points: readonly ScorePoint[]): string {
  const last = points.at(-1)
  if (!last) return 'No load has a score yet.'
  if (last.score === null) return 'The newest load has no score: nothing of it could be checked.'
  if (last.state === 'cold' || last.centre === null || last.low === null || last.high === null) {
    const known = points.filter((point) => point.score !== null).length
    return `${formatCount(known)} of ${LEAST_LOADS + 1} loads: what is usual is not known yet.`
  }
  const usual = `${last.low.toFixed(1)} to ${last.high.toFixed(1)}`
  if (last.state === 'normal')
    return `${last.score.toFixed(1)} is usual: ${last.loads} loads before lie around ${last.centre.toFixed(1)}.`
  if (last.state === 'drift')
    return `${last.score.toFixed(1)} has drifted away from where the first loads lay.`
  return `${last.score.toFixed(1)} is not usual: ${usual} would be.`
}

/** +1.24 or −0.30, with a true minus; two digits show what one would hide. */
export function pointsText(points: number): string {
  const text = Math.abs(points).toFixed(2)
  if (text === '0.00') return '0.00'
  return `${points < 0 ? '−' : '+'}${text}`
}

export const ruleName = (rule: Pick<RuleChange, 'table' | 'column' | 'rule'>) =>
  `${columnName(rule.table, rule.column)} · ${words(rule.rule)}`

/** The rules that moved a score, and the rest as one line: together they are the change. */
export function changeParts(change: QualityChange): { label: string; change: number }[] {
  const parts = change.rules.map((rule) => ({ label: ruleName(rule), change: rule.points }))
  const rest = change.rules_moved - change.rules.length
  if (rest > 0)
    parts.push({ label: `${formatCount(rest)} more rules`, change: change.other_points })
  return parts
}

const STEPS = [
  { name: 'day', seconds: 86_400 },
  { name: 'hour', seconds: 3_600 },
  { name: 'minute', seconds: 60 },
] as const

/** 3 days, 6 hours, 40 minutes. */
export function ageText(seconds: number | null): string {
  if (seconds === null) return '–'
  for (const { name, seconds: length } of STEPS) {
    const count = Math.floor(seconds / length)
    if (count >= (name === 'minute' ? 1 : 2) || (name === 'day' && count === 1))
      return `${formatCount(count)}\u00a0${name}${count === 1 ? '' : 's'}`
  }
  return 'less than a minute'
}

/** Whether a feed keeps its promise. */
export function promiseOf(feed: Pick<Feed, 'age_seconds' | 'lag_seconds' | 'score'>): {
  words: string
  tone: 'plain' | 'good' | 'caution' | 'bad'
} {
  if (feed.lag_seconds === null) return { words: 'no promise', tone: 'plain' }
  if (feed.score === null) return { words: 'age not known', tone: 'bad' }
  if (feed.score >= 100) return { words: 'in time', tone: 'good' }
  return feed.score > 0 ? { words: 'late', tone: 'caution' } : { words: 'overdue', tone: 'bad' }
}
