// Calendar days as text ("2026-11-20") and what one can do with them. No clock and no time zone:
// the server hands out days, and the pages never ask what day it is today.

export type Grain = 'day' | 'week' | 'month' | 'quarter' | 'year'

const DAY_MS = 86_400_000
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const LONG_MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]

const toDate = (day: string) => new Date(`${day}T00:00:00Z`)
const toText = (date: Date) => date.toISOString().slice(0, 10)

export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false
  const date = toDate(text)
  return !Number.isNaN(date.getTime()) && toText(date) === text
}

export const addDays = (day: string, count: number) =>
  toText(new Date(toDate(day).getTime() + count * DAY_MS))

/** The same day of another month, or the last day of it when it is shorter. */
export function addMonths(day: string, count: number): string {
  const date = toDate(day)
  const month = date.getUTCMonth() + count
  const last = new Date(Date.UTC(date.getUTCFullYear(), month + 1, 0)).getUTCDate()
  return toText(new Date(Date.UTC(date.getUTCFullYear(), month, Math.min(date.getUTCDate(), last))))
}

export const daysBetween = (from: string, to: string) =>
  Math.round((toDate(to).getTime() - toDate(from).getTime()) / DAY_MS)

/** First day of the bucket that holds `day`. Weeks begin on Monday. */
export function startOf(grain: Grain, day: string): string {
  const date = toDate(day)
  switch (grain) {
    case 'day':
      return day
    case 'week':
      return addDays(day, -((date.getUTCDay() + 6) % 7))
    case 'month':
      return `${day.slice(0, 7)}-01`
    case 'quarter':
      return toText(
        new Date(Date.UTC(date.getUTCFullYear(), 3 * Math.floor(date.getUTCMonth() / 3), 1)),
      )
    case 'year':
      return `${day.slice(0, 4)}-01-01`
  }
}

/** First day of the bucket after the one that begins on `start`. */
export function nextStart(grain: Grain, start: string): string {
  switch (grain) {
    case 'day':
      return addDays(start, 1)
    case 'week':
      return addDays(start, 7)
    case 'month':
      return addMonths(start, 1)
    case 'quarter':
      return addMonths(start, 3)
    case 'year':
      return addMonths(start, 12)
  }
}

/** Every bucket that overlaps [from, to), by its first day. */
export function buckets(grain: Grain, from: string, to: string): string[] {
  const starts: string[] = []
  for (let start = startOf(grain, from); start < to; start = nextStart(grain, start))
    starts.push(start)
  return starts
}

const split = (day: string) => {
  const date = toDate(day)
  return { year: date.getUTCFullYear(), month: date.getUTCMonth(), day: date.getUTCDate() }
}

export const monthName = (day: string) => MONTHS[split(day).month] ?? ''

/** 20 Nov 2026 */
export const formatDay = (day: string) => `${formatDayMonth(day)} ${split(day).year}`

/** 20 Nov */
export const formatDayMonth = (day: string) => `${split(day).day} ${monthName(day)}`

/** 25 May – 20 Nov, both inclusive; years stand only where they differ or are wanted. */
export function formatSpan(from: string, last: string, withYear = false): string {
  const sameYear = from.slice(0, 4) === last.slice(0, 4)
  const left = sameYear ? formatDayMonth(from) : formatDay(from)
  const right = sameYear && !withYear ? formatDayMonth(last) : formatDay(last)
  return from === last ? right : `${left} – ${right}`
}

/** What a bucket is called in a tooltip: "Week of 29 Jun 2026", "June 2026". */
export function formatBucket(grain: Grain, start: string): string {
  const { year, month } = split(start)
  switch (grain) {
    case 'day':
      return formatDay(start)
    case 'week':
      return `Week of ${formatDay(start)}`
    case 'month':
      return `${LONG_MONTHS[month] ?? ''} ${year}`
    case 'quarter':
      return `Q${Math.floor(month / 3) + 1} ${year}`
    case 'year':
      return String(year)
  }
}

/** "2026-11-20T06:00:00Z" as 20 Nov 06:00. */
export const formatInstant = (instant: string) =>
  `${formatDayMonth(instant.slice(0, 10))} ${instant.slice(11, 16)}`
