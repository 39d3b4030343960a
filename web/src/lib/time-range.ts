// The time pill: what `t` and `vs` of the address mean for the data at hand. Ranges end with the
// latest data, not with today, so that a workspace whose last load was a year ago shows numbers.

import { addDays, addMonths, daysBetween, formatSpan, isDay, startOf, type Grain } from './dates'

/** First day inclusive, last day exclusive, as the API has it. */
export interface Span {
  from: string
  to: string
}

/** How far one step of the pill moves: whole months keep to the calendar, days keep to weekdays. */
export interface Stride {
  unit: 'day' | 'month'
  count: number
}

export interface TimeRange extends Span {
  key: string // What `t` says.
  label: string // Last 26 weeks
  noun: string // 26 weeks
  stride: Stride
}

export type Comparison = 'prev' | 'year' | 'none'

export const DEFAULT_TIME = '26w'

export const PRESETS = [
  { key: '30d', label: 'Last 30 days' },
  { key: '13w', label: 'Last 13 weeks' },
  { key: '26w', label: 'Last 26 weeks' },
  { key: '12m', label: 'Last 12 months' },
  { key: 'ytd', label: 'This year' },
  { key: 'all', label: 'All time' },
] as const

const UNITS = { d: 'days', w: 'weeks', m: 'months' } as const

/** Whether `t` is something this page understands. */
export function isTime(text: string): boolean {
  if (text === 'ytd' || text === 'all') return true
  if (/^[1-9]\d{0,3}[dwm]$/.test(text)) return true
  const [from = '', last = '', ...rest] = text.split('..')
  return rest.length === 0 && isDay(from) && isDay(last) && from <= last
}

export const move = (day: string, stride: Stride, times: number) =>
  stride.unit === 'day' ? addDays(day, stride.count * times) : addMonths(day, stride.count * times)

const custom = (from: string, last: string): TimeRange => ({
  key: `${from}..${last}`,
  label: formatSpan(from, last, true),
  noun: plural(daysBetween(from, last) + 1, 'day'),
  from,
  to: addDays(last, 1),
  stride: { unit: 'day', count: daysBetween(from, last) + 1 },
})

const plural = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`

function rolling(key: string, count: number, unit: keyof typeof UNITS, last: string): TimeRange {
  const noun = plural(count, UNITS[unit].slice(0, -1))
  const to = addDays(last, 1)
  const label = `Last ${noun}`
  switch (unit) {
    case 'd':
      return { key, label, noun, from: addDays(to, -count), to, stride: { unit: 'day', count } }
    case 'w': {
      const from = addDays(startOf('week', last), -7 * (count - 1))
      return { key, label, noun, from, to, stride: { unit: 'day', count: 7 * count } }
    }
    case 'm': {
      const from = addMonths(startOf('month', last), -(count - 1))
      return { key, label, noun, from, to, stride: { unit: 'month', count } }
    }
  }
}

/** `data` are the first and the last day with facts. Anything not understood is the default. */
export function resolveTime(t: string | undefined, data: { from: string; to: string }): TimeRange {
  const key = t !== undefined && isTime(t) ? t : DEFAULT_TIME
  if (key === 'all') {
    return { ...custom(data.from, data.to), key, label: 'All time', noun: 'all time' }
  }
  if (key === 'ytd') {
    const from = startOf('year', data.to)
    const stride: Stride = { unit: 'month', count: 12 }
    return { key, label: 'This year', noun: 'year', from, to: addDays(data.to, 1), stride }
  }
  const [from = '', last] = key.split('..')
  if (last !== undefined) return custom(from, last)
  return rolling(key, Number(key.slice(0, -1)), key.slice(-1) as keyof typeof UNITS, data.to)
}

/** The same length before (-1) or after (+1), as a value of `t`. */
export function stepTime(range: TimeRange, times: -1 | 1): string {
  const from = move(range.from, range.stride, times)
  const last = addDays(move(range.to, range.stride, times), -1)
  return `${from}..${last}`
}

export interface ComparedSpan extends Span {
  label: string // previous 26 weeks
  stride: Stride // What was taken off both ends.
}

/** The span a range is compared with; none for all time, which has nothing before it. */
export function comparedSpan(range: TimeRange, comparison: Comparison): ComparedSpan | null {
  if (comparison === 'none' || range.key === 'all') return null
  if (comparison === 'prev') {
    const label = range.key === 'ytd' ? 'last year to date' : `previous ${range.noun}`
    return span(range, range.stride, label)
  }
  // 52 weeks keep Mondays on Mondays; ranges of whole months keep to the calendar instead.
  const stride: Stride =
    range.stride.unit === 'day' ? { unit: 'day', count: 364 } : { unit: 'month', count: 12 }
  return span(range, stride, 'a year before')
}

const span = (range: Span, stride: Stride, label: string): ComparedSpan => ({
  from: move(range.from, stride, -1),
  to: move(range.to, stride, -1),
  stride,
  label,
})

/** The grain a range is drawn in when nobody chose one. */
export function defaultGrain(range: Span): Grain {
  const days = daysBetween(range.from, range.to)
  if (days <= 45) return 'day'
  return days <= 400 ? 'week' : 'month'
}
