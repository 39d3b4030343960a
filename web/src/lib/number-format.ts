// How a number is told. Three significant digits from 10,000 on, in full below, exact in tables
// and on hover; a true minus; a no-break space before every unit that follows the number.

/** A model may name any unit; numbers of one that is not known here are told without it. */
export type Unit = KnownUnit | (string & Record<never, never>)

type KnownUnit =
  | 'currency'
  | 'count'
  | 'percent'
  | 'seconds'
  | 'days'
  | 'months'
  | 'years'
  | 'number'
  | 'score'
  | 'probability'

export type Good = 'up' | 'down' | 'none'
export type Tone = 'good' | 'bad' | 'flat'

export interface NumberParts {
  prefix: string // €, or a minus
  number: string
  suffix: string // k, M, %
}

export interface Delta {
  direction: 'up' | 'down' | 'same'
  absolute: string // +€138 k, −1.6 pp
  relative: string | null // +8.1 %; null for shares, and where the old value was zero
  tone: Tone
}

export interface Format {
  parts: (value: number, unit: Unit) => NumberParts
  short: (value: number | null | undefined, unit: Unit) => string
  exact: (value: number | null | undefined, unit: Unit, decimals?: number) => string
  axis: (ticks: readonly number[], unit: Unit) => string[]
  signed: (value: number, unit: Unit) => string
  delta: (now: number | null, before: number | null, unit: Unit, good: Good) => Delta | null
}

// The pages speak English; the separators of another language inside English sentences would be
// read wrongly.
const LOCALE = 'en-GB'
export const NBSP = '\u00a0'
export const MISSING = '–'
const MINUS = '\u2212'

const SCALES = [
  { from: 1e9, sign: 'B' },
  { from: 1e6, sign: 'M' },
  { from: 1e3, sign: 'k' },
]

const plain = (value: number, decimals: number) =>
  new Intl.NumberFormat(LOCALE, {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  }).format(value)

const upTo = (value: number, decimals: number) =>
  new Intl.NumberFormat(LOCALE, { maximumFractionDigits: decimals }).format(value)

const isShare = (unit: Unit) => unit === 'percent' || unit === 'probability'

/** A count such as `n = 24,812` is never rounded. */
export const formatCount = (count: number) => upTo(count, 0)

/** 0.081 as 8.1 %. */
export const formatShare = (share: number | null, decimals = 1) =>
  share === null ? MISSING : `${withMinus(plain(100 * share, decimals))}${NBSP}%`

/** "1 row", "24,812 rows". */
export const countOf = (count: number, noun: string, many = `${noun}s`) =>
  `${formatCount(count)}${NBSP}${count === 1 ? noun : many}`

const withMinus = (text: string) => text.replace('-', MINUS)

/** 612,480 as 612 and k: the digits a person compares, never more than three. */
function scaled(size: number): { number: string; suffix: string } | null {
  if (size < 10_000) return null
  // Rounding may carry into the next scale: 999,950 is 1.00 M, not 1000 k.
  const rounded = Number(size.toPrecision(3))
  const scale = SCALES.find(({ from }) => rounded >= from)
  if (!scale) return null
  const digits = rounded / scale.from
  const decimals = digits >= 100 ? 0 : digits >= 10 ? 1 : 2
  return { number: plain(digits, decimals), suffix: scale.sign }
}

const currencyDecimals = (size: number) => (size >= 1000 ? 0 : size >= 100 ? 1 : 2)

function inFull(size: number, unit: Unit): string {
  if (unit === 'count') return upTo(size, size < 100 ? 1 : 0)
  if (unit === 'currency') return plain(size, currencyDecimals(size))
  return upTo(size, size >= 100 ? 0 : size >= 10 ? 1 : 2)
}

const AFTER = new Map<Unit, string>([
  ['seconds', 's'],
  ['days', 'days'],
  ['months', 'months'],
  ['years', 'years'],
])

function currencySign(currency: string): string {
  try {
    const parts = new Intl.NumberFormat(LOCALE, {
      style: 'currency',
      currency,
      currencyDisplay: 'narrowSymbol',
    }).formatToParts(0)
    const sign = parts.find((part) => part.type === 'currency')?.value ?? currency
    return sign.length > 1 ? `${sign}${NBSP}` : sign
  } catch {
    return currency === '' ? '' : `${currency}${NBSP}`
  }
}

export function createFormat(currency: string): Format {
  const sign = currencySign(currency)
  const prefixOf = (unit: Unit) => (unit === 'currency' ? sign : '')

  const parts = (value: number, unit: Unit): NumberParts => {
    const minus = value < 0 ? MINUS : ''
    const size = Math.abs(value)
    if (isShare(unit)) return { prefix: minus, number: plain(100 * size, 1), suffix: '%' }
    const big = scaled(size)
    if (big) return { prefix: minus + prefixOf(unit), ...big }
    return {
      prefix: minus + prefixOf(unit),
      number: inFull(size, unit),
      suffix: AFTER.get(unit) ?? '',
    }
  }

  const join = ({ prefix, number, suffix }: NumberParts) =>
    suffix === '' ? prefix + number : `${prefix}${number}${NBSP}${suffix}`

  const short: Format['short'] = (value, unit) =>
    value === null || value === undefined ? MISSING : join(parts(value, unit))

  const exact: Format['exact'] = (value, unit, decimals) => {
    if (value === null || value === undefined) return MISSING
    const minus = value < 0 ? MINUS : ''
    const size = Math.abs(value)
    if (isShare(unit)) return `${minus}${plain(100 * size, decimals ?? 1)}${NBSP}%`
    if (unit === 'currency') return minus + sign + plain(size, decimals ?? 2)
    const number = decimals === undefined ? upTo(size, 4) : plain(size, decimals)
    const after = AFTER.get(unit)
    return minus + (after === undefined ? number : `${number}${NBSP}${after}`)
  }

  const axis: Format['axis'] = (ticks, unit) => {
    const share = isShare(unit)
    const values = share ? ticks.map((tick) => 100 * tick) : ticks
    const top = Math.max(...values.map(Math.abs))
    const scale = top >= 10_000 ? SCALES.find(({ from }) => top >= from) : undefined
    const shown = values.map((value) => value / (scale?.from ?? 1))
    // The fewest decimals that tell every tick exactly, within reason.
    const decimals = [0, 1, 2, 3].find((count) =>
      shown.every((value) => Math.abs(value - Number(value.toFixed(count))) < 1e-9),
    )
    return shown.map((value, index) => {
      const text = withMinus(value === 0 ? '0' : plain(value, decimals ?? 3))
      const tail = scale && value !== 0 ? `${NBSP}${scale.sign}` : ''
      if (index < shown.length - 1) return text + tail
      const lead = text.startsWith(MINUS)
        ? MINUS + prefixOf(unit) + text.slice(1)
        : prefixOf(unit) + text
      return lead + tail + (share ? `${NBSP}%` : '')
    })
  }

  const signed: Format['signed'] = (value, unit) => {
    const text = short(Math.abs(value), unit)
    if (value === 0) return text
    return (value > 0 ? '+' : MINUS) + text
  }

  // A change is told as finely as the number it belongs to: €276.7, +€10.0.
  const changeLike = (change: number, now: number, unit: Unit) => {
    const size = Math.abs(now)
    if (unit !== 'currency' || size >= 10_000 || Math.abs(change) >= 10_000)
      return signed(change, unit)
    return plus(change) + sign + plain(Math.abs(change), currencyDecimals(size))
  }

  const delta: Format['delta'] = (now, before, unit, good) => {
    if (now === null || before === null) return null
    const change = now - before
    const direction = change > 0 ? 'up' : change < 0 ? 'down' : 'same'
    const tone =
      direction === 'same' || good === 'none' ? 'flat' : direction === good ? 'good' : 'bad'
    if (isShare(unit)) {
      const points = plain(Math.abs(100 * change), 1)
      return { direction, absolute: `${plus(change)}${points}${NBSP}pp`, relative: null, tone }
    }
    const relative =
      before === 0 ? null : plus(change) + plain(Math.abs((100 * change) / before), 1) + `${NBSP}%`
    return { direction, absolute: changeLike(change, now, unit), relative, tone }
  }

  return { parts, short, exact, axis, signed, delta }
}

const plus = (value: number) => (value > 0 ? '+' : value < 0 ? MINUS : '')
