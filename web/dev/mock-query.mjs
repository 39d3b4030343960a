// A slow, plain query engine over the made-up data: enough of the API's queries to draw the pages.

const startOf = {
  day: (date) => date,
  week: (date) => {
    const at = new Date(`${date}T00:00:00Z`)
    at.setUTCDate(at.getUTCDate() - ((at.getUTCDay() + 6) % 7))
    return at.toISOString().slice(0, 10)
  },
  month: (date) => `${date.slice(0, 7)}-01`,
  quarter: (date) =>
    `${date.slice(0, 5)}${String(3 * Math.floor((Number(date.slice(5, 7)) - 1) / 3) + 1).padStart(2, '0')}-01`,
  year: (date) => `${date.slice(0, 4)}-01-01`,
}

export const METRICS = [
  [
    'revenue',
    'Revenue',
    'Sum of the amounts of all transactions.',
    'currency',
    'up',
    true,
    'transactions',
  ],
  [
    'orders',
    'Orders',
    'Different orders; lines of one order count once.',
    'count',
    'up',
    false,
    'transactions',
  ],
  [
    'customers',
    'Active customers',
    'Different customers who bought.',
    'count',
    'up',
    false,
    'transactions',
  ],
  [
    'average_order_value',
    'Average order value',
    'Revenue over orders.',
    'currency',
    'up',
    false,
    'transactions',
  ],
  ['units', 'Units', 'Pieces sold.', 'count', 'up', true, 'transactions'],
  ['average_age', 'Average age', 'Of the buying customers.', 'years', 'none', false, 'customers'],
  [
    'churn_rate',
    'Churn rate',
    'Share of the buying customers who have left since.',
    'percent',
    'down',
    false,
    'customers',
  ],
].map(([name, label, description, unit, good, additive, table]) => ({
  name,
  label,
  description,
  unit,
  good,
  additive,
  table,
}))

export const DIMENSIONS = [
  ['segment', 'Segment', 'customers'],
  ['country', 'Country', 'customers'],
  ['channel', 'Channel', 'transactions'],
  ['category', 'Category', 'products'],
  ['product', 'Product', 'products'],
  ['payment_method', 'Payment method', 'transactions'],
].map(([name, label, table]) => ({ name, label, kind: 'text', table, pii: false }))
DIMENSIONS.push(
  { name: 'age', label: 'Age', kind: 'number', table: 'customers', pii: false },
  { name: 'customer', label: 'Customer', kind: 'number', table: 'customers', pii: false },
  { name: 'churned', label: 'Churned', kind: 'boolean', table: 'customers', pii: false },
  ...['day', 'week', 'month', 'quarter', 'year'].map((grain) => ({
    name: grain,
    label: grain[0].toUpperCase() + grain.slice(1),
    kind: 'time',
    grain,
    table: 'transactions',
    pii: false,
  })),
)

const FROM_CUSTOMER = new Set(['segment', 'country', 'age', 'churned', 'customer'])
const starts = new Map()
function bucket(field, date) {
  const key = field + date
  if (!starts.has(key)) starts.set(key, startOf[field](date))
  return starts.get(key)
}
const cell = (row, field) =>
  startOf[field]
    ? bucket(field, row.date)
    : FROM_CUSTOMER.has(field)
      ? row.customer[field === 'customer' ? 'customer_id' : field]
      : row[field]

const TESTS = {
  in: (value, values) => values.includes(value),
  not_in: (value, values) => !values.includes(value),
  '=': (value, [other]) => value === other,
  '!=': (value, [other]) => value !== other,
  '<': (value, [other]) => value < other,
  '<=': (value, [other]) => value <= other,
  '>': (value, [other]) => value > other,
  '>=': (value, [other]) => value >= other,
  between: (value, [low, high]) => value >= low && value <= high,
  contains: (value, [text]) =>
    String(value ?? '')
      .toLowerCase()
      .includes(String(text).toLowerCase()),
  is_null: (value) => value === null,
  not_null: (value) => value !== null,
}

function measure(metric, rows) {
  const revenue = () => rows.reduce((sum, row) => sum + row.amount, 0)
  const count = (of) => new Set(rows.map(of)).size
  switch (metric) {
    case 'revenue':
      return Math.round(100 * revenue()) / 100
    case 'orders':
      return count((row) => row.order_id)
    case 'customers':
      return count((row) => row.customer.customer_id)
    case 'average_order_value':
      return rows.length === 0 ? null : revenue() / count((row) => row.order_id)
    case 'average_age': {
      const ages = [...new Set(rows.map((row) => row.customer))].map((one) => one.age)
      return ages.length === 0 ? null : ages.reduce((sum, age) => sum + age, 0) / ages.length
    }
    case 'units':
      return rows.reduce((sum, row) => sum + row.quantity, 0)
    default: {
      const seen = [...new Set(rows.map((row) => row.customer))]
      return seen.length === 0
        ? null
        : seen.filter((customer) => customer.churned).length / seen.length
    }
  }
}

export function answer(data, query) {
  const began = performance.now()
  const unknown = [
    ...query.metrics.filter((name) => !METRICS.some((metric) => metric.name === name)),
    ...query.by.filter((name) => !DIMENSIONS.some((dimension) => dimension.name === name)),
  ]
  if (unknown.length > 0)
    return { error: { code: 'invalid_argument', message: `the model has no ${unknown[0]}` } }
  if (typeof query.where === 'string')
    return {
      error: {
        code: 'invalid_argument',
        message: 'the development server reads filters as conditions only',
      },
    }
  const conditions = (query.where ?? []).filter(
    (one) => !METRICS.some((metric) => metric.name === one.field),
  )
  const having = (query.where ?? []).filter((one) =>
    METRICS.some((metric) => metric.name === one.field),
  )
  const rows = data.transactions.filter(
    (row) =>
      (!query.from || row.date >= query.from) &&
      (!query.to || row.date < query.to) &&
      conditions.every((one) => TESTS[one.op](cell(row, one.field), one.values)),
  )
  const groups = new Map()
  for (const row of rows) {
    const key = query.by.map((field) => cell(row, field))
    const id = JSON.stringify(key)
    if (!groups.has(id)) groups.set(id, { key, rows: [] })
    groups.get(id).rows.push(row)
  }
  if (query.by.length === 0 && groups.size === 0) groups.set('', { key: [], rows: [] })
  const names = [...query.by, ...query.metrics]
  let table = [...groups.values()].map((group) => [
    ...group.key,
    ...query.metrics.map((name) => measure(name, group.rows)),
  ])
  table = table.filter((row) =>
    having.every((one) => TESTS[one.op](row[names.indexOf(one.field)], one.values)),
  )
  const order = query.sort?.length ? query.sort : query.by.map((by) => ({ by }))
  table.sort((a, b) => {
    for (const { by, descending } of order) {
      const [x, y] = [a[names.indexOf(by)], b[names.indexOf(by)]]
      if (x === y) continue
      if (x === null || y === null) return x === null ? 1 : -1
      return (x < y ? -1 : 1) * (descending ? -1 : 1)
    }
    return 0
  })
  const types = { number: 'int', boolean: 'boolean', text: 'text', time: 'date' }
  const columns = names.map((name) => {
    const metric = METRICS.find((one) => one.name === name)
    if (metric)
      return {
        name,
        label: metric.label,
        type: metric.unit === 'count' ? 'int' : metric.unit === 'currency' ? 'decimal' : 'number',
        unit: metric.unit,
        good: metric.good,
        role: 'metric',
      }
    const dimension = DIMENSIONS.find((one) => one.name === name)
    return { name, label: dimension.label, type: types[dimension.kind], role: 'dimension' }
  })
  const offset = query.offset ?? 0
  const result = {
    columns,
    rows: table.slice(offset, offset + (query.limit ?? 1000)),
    num_rows: table.length,
    rows_read: data.transactions.length,
    rows_matched: rows.length,
    elapsed_ms: Math.round(100 * (performance.now() - began)) / 100,
    sql: `SELECT ${names.join(', ')} FROM transactions${query.by.length ? ` GROUP BY ${query.by.join(', ')}` : ''}`,
  }
  if (query.totals)
    result.totals = [
      ...query.by.map(() => null),
      ...query.metrics.map((name) => measure(name, rows)),
    ]
  return result
}
