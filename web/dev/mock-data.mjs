// Made-up shop data for looking at the pages without a server. The same numbers on every start.

/** A small seeded generator (mulberry32): uniform in [0, 1). */
export function random(seed) {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

const DAY = 86_400_000
export const FIRST = '2025-01-01'
export const LAST = '2026-11-20'
const PRODUCTS = [
  ['Laptop', 'Electronics', 890],
  ['Phone', 'Electronics', 540],
  ['Headphones', 'Electronics', 95],
  ['Lamp', 'Home', 42],
  ['Chair', 'Home', 120],
  ['Blender', 'Home', 75],
  ['Jacket', 'Apparel', 110],
  ['Shoes', 'Apparel', 85],
  ['Racket', 'Sports', 140],
  ['Bike helmet', 'Sports', 60],
  ['Perfume', 'Beauty', 70],
  ['Novel', 'Books', 18],
]
const COUNTRIES = [
  'Norway',
  'Sweden',
  'Denmark',
  'Finland',
  'Germany',
  'Netherlands',
  'UK',
  'France',
  'Poland',
  'Spain',
]
const SEGMENTS = ['Premium', 'Regular', 'Occasional']
const CHANNELS = ['Online', 'Mobile app', 'Store', 'Phone']
const METHODS = ['Card', 'Wallet', 'Invoice', 'Transfer', 'Cash']

const pick = (next, weights) => {
  let left = next() * weights.reduce((a, b) => a + b, 0)
  return weights.findIndex((weight) => (left -= weight) < 0)
}

export function makeData(seed = 42) {
  const next = random(seed)
  const customers = Array.from({ length: 5000 }, (_, id) => {
    const segment = pick(next, [18, 44, 38])
    return {
      customer_id: id + 1,
      segment: SEGMENTS[segment],
      country: COUNTRIES[pick(next, [27, 24, 18, 12, 9, 4, 3, 2, 1, 1])],
      age: 18 + Math.floor(next() * 60),
      churned: next() < [0.1, 0.2, 0.32][segment],
      signup: new Date(Date.parse('2023-01-01') + Math.floor(next() * 900) * DAY)
        .toISOString()
        .slice(0, 10),
    }
  })
  const bySegment = SEGMENTS.map((name) =>
    customers.filter((customer) => customer.segment === name),
  )
  const days = (Date.parse(LAST) - Date.parse(FIRST)) / DAY + 1
  const transactions = []
  for (let id = 1; id <= 25_000; id += 1) {
    // More towards the end, more on weekends, a peak before the holidays.
    let day
    for (;;) {
      day = Math.floor(next() * days)
      const date = new Date(Date.parse(FIRST) + day * DAY)
      const season = 1 + 0.25 * Math.cos(((date.getUTCMonth() - 10.5) * Math.PI) / 6)
      const trend = 0.55 + (0.45 * day) / days
      const week = [1.15, 0.8, 0.85, 0.9, 1, 1.2, 1.25][date.getUTCDay()]
      if (next() < (season * trend * week) / 1.6) break
    }
    const late = day / days
    const segment = pick(next, [30 + 14 * late, 45, 25 - 6 * late])
    const pool = bySegment[segment]
    const customer = pool[Math.floor(next() ** 1.6 * pool.length)]
    const [product, category, price] =
      PRODUCTS[pick(next, [4, 7, 12, 10, 6, 8, 9, 10, 5, 9, 9, 11])]
    const quantity = 1 + Math.floor(next() * next() * 4)
    const channel =
      CHANNELS[pick(next, [44, 18 + 22 * late * (segment === 0 ? 1.4 : 1), 24 - 8 * late, 6])]
    transactions.push({
      id,
      date: new Date(Date.parse(FIRST) + day * DAY).toISOString().slice(0, 10),
      order_id: Math.ceil(id / 1.4),
      customer,
      product,
      category,
      channel,
      payment_method: next() < 0.01 ? null : METHODS[pick(next, [50, 25, 12, 8, 5])],
      quantity,
      amount:
        Math.round(100 * quantity * price * (0.9 + 0.2 * next()) * (1 + 0.3 * (segment === 0))) /
        100,
    })
  }
  transactions.sort((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : a.id - b.id))
  return { customers, transactions }
}
