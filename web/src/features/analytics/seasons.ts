// Trend, season and what is odd, in words.

import { formatDay } from '@/lib/dates'
import type { Format, Unit } from '@/lib/number-format'

import type { Trends } from './analyses'

export type SeasonTest = NonNullable<Trends['seasonality']>[number]
type Anomaly = NonNullable<Trends['anomalies']>[number]

/** A p value is never nought; below the fourth decimal it is only said to be small. */
export const tellP = (p: number) => (p < 0.0001 ? 'p < 0.0001' : `p = ${p.toFixed(4)}`)

export function seasonSentence(test: SeasonTest): string {
  const what = test.season === 'weekday' ? 'Days of the week' : 'Months of the year'
  if (test.reason !== undefined || test.p === undefined)
    return `${what}: nothing to say, ${test.reason ?? 'too few values'}.`
  const certainty = tellP(test.p)
  return test.is_significant === true
    ? `${what} differ by more than chance (${certainty}, n = ${test.n}).`
    : `${what} do not differ by more than chance (${certainty}, n = ${test.n}).`
}

/** "9 Dec 2011: £184 k where £67.6 k was expected" */
export const anomalySentence = (odd: Anomaly, unit: Unit, format: Format): string =>
  `${formatDay(odd.on)}: ${format.short(odd.value, unit)} where ${format.short(Math.max(0, odd.expected), unit)} was expected`
