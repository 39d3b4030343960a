// The rest of the API over the made-up data: analyses, models, quality and reports. Numbers that a
// real server would learn (scores of models) are plain made-up ones here.

import { FIRST, LAST } from './mock-data.mjs'
import { answer } from './mock-query.mjs'

const quantile = (sorted, p) => {
  const at = p * (sorted.length - 1)
  const low = Math.floor(at)
  return sorted[low] + (at - low) * ((sorted[low + 1] ?? sorted[low]) - sorted[low])
}
const mean = (values) => values.reduce((a, b) => a + b, 0) / values.length
const sd = (values) => {
  const m = mean(values)
  return Math.sqrt(values.reduce((sum, value) => sum + (value - m) ** 2, 0) / (values.length - 1))
}

function histogram(values, count = 20) {
  const low = Math.min(...values)
  const width = (Math.max(...values) - low) / count || 1
  const counts = Array(count).fill(0)
  for (const value of values) counts[Math.min(count - 1, Math.floor((value - low) / width))] += 1
  return { edges: Array.from({ length: count + 1 }, (_, index) => low + index * width), counts }
}

function outliers(table, column, label, unit, values) {
  const sorted = values.toSorted((a, b) => a - b)
  const [q1, median, q3] = [0.25, 0.5, 0.75].map((p) => quantile(sorted, p))
  const [m, s] = [mean(values), sd(values)]
  const fence = (lower, upper) => ({
    lower,
    upper,
    count: values.filter((value) => value < lower || value > upper).length,
  })
  const iqr = fence(q1 - 1.5 * (q3 - q1), q3 + 1.5 * (q3 - q1))
  const [p1, p99] = [quantile(sorted, 0.01), quantile(sorted, 0.99)]
  const clipped = values.map((value) => Math.max(p1, Math.min(p99, value)))
  const inside = sorted.filter((value) => value >= iqr.lower && value <= iqr.upper)
  return {
    table,
    column,
    label,
    unit,
    n: values.length,
    missing: 0,
    mean: m,
    sd: s,
    iqr,
    zscore: fence(m - 3 * s, m + 3 * s),
    percentile: fence(p1, p99),
    box: { low_whisker: inside[0], q1, median, q3, high_whisker: inside.at(-1) },
    extreme: sorted
      .slice(-50)
      .filter((value) => value > iqr.upper)
      .reverse(),
    winsorized: { lower: p1, upper: p99, mean: mean(clipped), sd: sd(clipped) },
    histogram: histogram(values),
  }
}

const pearson = (a, b) => {
  const [ma, mb] = [mean(a), mean(b)]
  const sum = a.reduce((total, value, index) => total + (value - ma) * (b[index] - mb), 0)
  return sum / ((a.length - 1) * sd(a) * sd(b))
}

export function perCustomer({ customers, transactions }) {
  const seen = new Map()
  for (const row of transactions) {
    const one = seen.get(row.customer) ?? {
      customer: row.customer,
      total_spent: 0,
      transaction_count: 0,
      last: '',
    }
    one.total_spent += row.amount
    one.transaction_count += 1
    one.last = row.date
    seen.set(row.customer, one)
  }
  const days = (date) => (Date.parse(LAST) - Date.parse(date)) / 86_400_000
  return customers
    .filter((customer) => seen.has(customer))
    .map((customer) => {
      const one = seen.get(customer)
      return {
        ...one,
        age: customer.age,
        avg_amount: one.total_spent / one.transaction_count,
        recency: days(one.last),
        tenure: days(customer.signup),
      }
    })
}

const FEATURES = [
  ['age', 'Age', 'years'],
  ['transaction_count', 'Transactions', 'count'],
  ['avg_amount', 'Average amount', 'currency'],
  ['recency', 'Days since last order', 'days'],
  ['tenure', 'Customer for', 'days'],
]

export function otherAnswers(data) {
  const rows = data.transactions.length > 0 ? perCustomer(data) : []
  const cache = new Map()
  const once = (key, make) => {
    if (!cache.has(key)) cache.set(key, make())
    return cache.get(key)
  }
  const models = () => {
    const features = [
      ...FEATURES.map(([name, label, unit], index) => {
        const values = rows.map((row) => row[name])
        return {
          name,
          label,
          unit,
          kind: 'number',
          min: Math.min(...values),
          max: Math.max(...values),
          mean: mean(values),
          histogram: histogram(values, 24),
          categories: null,
          importance: [0.12, 0.27, 0.1, 0.31, 0.08][index],
        }
      }),
      {
        name: 'segment',
        label: 'Segment',
        kind: 'category',
        min: null,
        max: null,
        mean: null,
        histogram: null,
        importance: 0.12,
        categories: ['Premium', 'Regular', 'Occasional'].map((value) => ({
          value,
          share:
            data.customers.filter((customer) => customer.segment === value).length /
            data.customers.length,
        })),
      },
    ]
    const cv = (middle, spread) => ({
      mean: middle,
      sd: spread,
      folds: [-1.2, -0.4, 0.1, 0.5, 1].map((z) => middle + z * spread),
    })
    const churn = [
      ['xgboost', 'XGBoost', 0.712, 0.861, 0.018],
      ['svm', 'SVM, grid search', 0.681, 0.848, 0.024],
      ['logistic', 'Logistic regression', 0.664, 0.842, 0.016],
      ['tree', 'Decision tree, depth 5', 0.637, 0.829, 0.037],
    ]
    const value = [
      ['xgboost', 'XGBoost', 0.81, 0.014],
      ['ridge', 'Ridge', 0.74, 0.011],
      ['lasso', 'Lasso', 0.74, 0.012],
      ['linear', 'Linear regression', 0.74, 0.012],
    ]
    const common = {
      version: '14',
      trained_at: '2026-11-18T04:00:00Z',
      rows_train: 4012,
      rows_test: 1003,
      features,
    }
    return {
      tasks: [
        {
          ...common,
          task: 'churn',
          label: 'Chance to leave in the next 90 days',
          target: 'churned',
          cut_off: '2026-08-22',
          horizon_days: 90,
          base_rate: 0.241,
          in_use: 'xgboost',
          primary_metric: 'f1',
          candidates: churn.map(([learner, label, f1, accuracy, spread]) => ({
            learner,
            label,
            metrics: {
              accuracy,
              f1,
              roc_auc: f1 + 0.18,
              pr_auc: f1 + 0.032,
              brier: 0.9 - f1 - 0.08,
              calibration_error: spread,
            },
            cross_validation: cv(f1, spread),
          })),
          baselines: [
            {
              name: 'majority',
              label: 'Always the more frequent',
              metrics: { accuracy: 0.759, f1: 0 },
            },
          ],
          excluded: [{ feature: 'total_spent', reason: 'equals average amount × transactions' }],
          calibration: [0.04, 0.14, 0.25, 0.35, 0.45, 0.56, 0.66, 0.76, 0.87, 0.94].map(
            (predicted, index) => ({
              predicted,
              observed:
                predicted + [0, -0.01, 0.02, -0.02, 0.03, -0.03, 0.01, -0.04, 0, -0.04][index],
              n: [320, 210, 140, 96, 70, 54, 40, 31, 26, 16][index],
            }),
          ),
          cut_off_score: 0.45,
        },
        {
          ...common,
          task: 'lifetime_value',
          label: 'Spending over a lifetime',
          target: 'total_spent',
          cut_off: null,
          horizon_days: null,
          base_rate: null,
          in_use: 'xgboost',
          primary_metric: 'r2',
          candidates: value.map(([learner, label, r2, spread]) => ({
            learner,
            label,
            metrics: { r2, rmse: 900 * (1 - r2) + 120, mae: 500 * (1 - r2) + 80 },
            cross_validation: cv(r2, spread),
          })),
          baselines: [
            { name: 'mean', label: 'Always the mean', metrics: { r2: 0, rmse: 1020, mae: 580 } },
          ],
          excluded: [],
          calibration: null,
          cut_off_score: null,
        },
      ],
      segments: {
        version: '14',
        trained_at: '2026-11-18T04:00:00Z',
        k: 3,
        features: ['age', 'total_spent', 'transaction_count', 'recency'],
        silhouettes: [2, 3, 4, 5, 6, 7].map((k, index) => ({
          k,
          silhouette: [0.41, 0.46, 0.39, 0.35, 0.33, 0.3][index],
        })),
        clusters: [
          ['Frequent buyers', 0.21, 3200, 12, 30],
          ['Occasional buyers', 0.48, 900, 5, 80],
          ['Gone quiet', 0.31, 500, 3, 260],
        ].map(([label, share, spent, count, recency], cluster) => ({
          cluster,
          label,
          size: Math.round(share * rows.length),
          share,
          centroid: { age: 44 + cluster, total_spent: spent, transaction_count: count, recency },
        })),
      },
    }
  }
  const predict = (task, { customer_id: id = null, values = {} }) => {
    const row = rows.find((one) => one.customer.customer_id === id)
    const [base, unit, scale] =
      task === 'churn' ? [0.241, 'probability', 0.12] : [1310, 'currency', 420]
    const contributions = FEATURES.map(([name, label], index) => {
      const all = rows.map((one) => one[name])
      const value = values[name] ?? row?.[name] ?? mean(all)
      return {
        feature: name,
        label,
        value,
        contribution:
          ([-0.1, -0.6, 0.1, 1, -0.2][index] *
            (task === 'churn' ? 1 : -1) *
            scale *
            (value - mean(all))) /
          sd(all),
      }
    })
    const raw = base + contributions.reduce((sum, one) => sum + one.contribution, 0)
    const end = task === 'churn' ? Math.max(0.01, Math.min(0.99, raw)) : Math.max(0, raw)
    for (const one of contributions)
      one.contribution *= raw === base ? 1 : (end - base) / (raw - base)
    return {
      task,
      learner: 'xgboost',
      version: '14',
      customer_id: id,
      output: {
        value: end,
        unit,
        low: end * 0.88,
        high: Math.min(task === 'churn' ? 1 : Infinity, end * 1.12),
      },
      base,
      contributions: contributions.toSorted(
        (a, b) => Math.abs(b.contribution) - Math.abs(a.contribution),
      ),
      flags: contributions
        .filter((one) => one.feature === 'recency' && one.value > 400)
        .map((one) => ({ feature: one.feature, message: 'among the top 2 % of training rows' })),
      elapsed_ms: 1.8,
    }
  }
  const quality = () => {
    if (data.transactions.length === 0)
      return {
        score: null,
        coverage: 0,
        standard_error: null,
        status: 'unknown',
        dimensions: [],
        tables: [],
        rules: [],
        runs: [],
        trend: [],
        changes: [],
        freshness: [],
        alerts: [],
        rejects: [],
        skipped: [],
      }
    const runs = Array.from({ length: 12 }, (_, index) => {
      const day = String(20 - index).padStart(2, '0')
      return {
        run_id: `run-${20 - index}`,
        source_id: 'shop',
        table_name: 'transactions',
        file_name: `transactions-${day}.csv.gz`,
        started_at: `2026-11-${day}T05:59:58Z`,
        finished_at: `2026-11-${day}T06:00:00Z`,
        status: index === 4 ? 'failed' : 'succeeded',
        records_found: 1200,
        loaded: index === 4 ? 0 : 1150,
        updated: 20,
        unchanged: 8,
        duplicates: 6,
        rejected: 12,
        skipped: 4,
        score: index === 4 ? null : 97.2 - index * 0.3,
      }
    })
    return {
      score: 97.2,
      coverage: 1,
      standard_error: 0.4,
      status: 'good',
      dimensions: [
        ['completeness', 98.9],
        ['validity', 96.1],
        ['consistency', 97.4],
        ['timeliness', 96.4],
      ].map(([name, score]) => ({ name, score })),
      tables: [
        ['customers', data.customers.length, 98.4],
        ['transactions', data.transactions.length, 96.9],
        ['products', 12, 100],
      ].map(([table, count, score]) => ({
        table,
        rows: count,
        score,
        loaded_at: `${LAST}T06:00:00Z`,
      })),
      rules: [
        ['transactions', 'range', 'validity', 'quantity', 7],
        ['transactions', 'reference', 'consistency', 'customer_id', 5],
        ['customers', 'not_null', 'completeness', 'email', 31],
        ['customers', 'unique', 'consistency', 'email', 2],
        ['transactions', 'fresh', 'timeliness', 'transaction_date', 0],
      ].map(([table, rule, dimension, column, failed]) => ({
        run_id: 'run-20',
        table,
        rule,
        dimension,
        column,
        checked: 1200,
        failed,
        pass_rate: 1 - failed / 1200,
        severity: failed > 20 ? 'bad' : failed > 0 ? 'caution' : 'info',
      })),
      runs,
      trend: runs.toReversed().map((run, index) => ({
        run_id: run.run_id,
        source_id: run.source_id,
        at: run.finished_at,
        score: run.score,
        standard_error: 0.1,
        centre: index < 5 ? null : 95.2,
        low: index < 5 ? null : 93.4,
        high: index < 5 ? null : 97,
        loads: Math.min(20, index),
        state: index < 5 ? 'cold' : index === 11 ? 'jump' : 'normal',
      })),
      changes: [
        {
          source_id: 'shop',
          run_id: 20,
          against: 19,
          at: `${LAST}T06:00:00Z`,
          against_at: `${LAST}T06:00:00Z`,
          score: 97.2,
          score_before: 96.9,
          points: 0.3,
          rules: [
            ['customers', 'required', 'completeness', 'email', 0.95, 0.97, 0.45],
            ['transactions', 'range', 'validity', 'quantity', 1, 0.994, -0.15],
          ].map(([table, rule, dimension, column, before, after, points]) => ({
            table,
            rule,
            dimension,
            column,
            before,
            after,
            points,
          })),
          rules_moved: 2,
          other_points: 0,
        },
      ],
      freshness: [
        {
          source_id: 'shop',
          table: 'transactions',
          column: 'transaction_date',
          newest_at: `${LAST}T05:40:00Z`,
          loaded_at: `${LAST}T06:00:00Z`,
          age_seconds: 22000,
          lag_seconds: 86400,
          score: 100,
        },
      ],
      alerts: [
        {
          severity: 'bad',
          title: 'A load failed',
          detail: 'transactions-16.csv.gz: the gzip stream ends early',
          run_id: 16,
          can_accept: false,
          moved: [],
          examples: [],
        },
        {
          severity: 'caution',
          title: 'E-mail is often missing',
          detail: '31 of 1,200 customers came without one',
          run_id: 20,
          can_accept: true,
          moved: [],
          examples: [
            { file: 'transactions-20.csv.gz', line: 381, value: '', message: 'wanted a value' },
          ],
        },
      ],
      rejects: [
        {
          run_id: 'run-20',
          table: 'transactions',
          code: 'out_of_range',
          column: 'quantity',
          count: 7,
          example: {
            file: 'transactions-20.csv.gz',
            line: 381,
            value: '-2',
            message: 'wanted a whole number from 1',
          },
        },
      ],
      skipped: [{ run_id: 'run-20', table: 'transactions', reason: 'cancelled order', count: 4 }],
    }
  }
  const profile = (params) => {
    const run = (id) => ({
      run_id: id,
      source_id: 'shop',
      file_name: `transactions-${id}.csv.gz`,
      finished_at: `${LAST}T06:00:00Z`,
    })
    const against = params.get('against')
    const bars = (shift) =>
      Array.from({ length: 20 }, (_, index) => ({
        from: index * 5,
        to: index * 5 + 5,
        share: Math.exp(-((index - 8 - shift) ** 2) / 18) / 7.5,
      }))
    const column = (name, type, part) => ({
      column: name,
      label: name,
      type,
      is_hidden: false,
      rows: 1200,
      nulls: 0,
      null_share: 0,
      distinct: 1200,
      is_distinct_exact: false,
      min: 1,
      max: 100,
      mean: 41.2,
      quantiles: [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99].map((share) => ({
        share,
        value: Math.round(100 * share),
      })),
      histogram: bars(0),
      top: [],
      top_error: 0,
      patterns: [],
      drift: against
        ? {
            rows: 1100,
            null_share: 0,
            distinct: 1100,
            mean: 40,
            median: 40,
            histogram: bars(-2),
            stability: 0.14,
            has_moved_values: true,
            has_moved_nulls: false,
          }
        : null,
      ...part,
    })
    return {
      table: params.get('table') ?? 'transactions',
      run: run(Number(params.get('run') ?? 20)),
      against: against ? run(Number(against)) : null,
      runs: [20, 19, 18].map(run),
      distinct_error: 0.01625,
      rank_error: 0.0133,
      columns: [
        column('amount', 'decimal', { mean: 41.25 }),
        column('channel', 'text', {
          distinct: 3,
          is_distinct_exact: true,
          nulls: 12,
          null_share: 0.01,
          top: [
            { value: 'web', count: 700 },
            { value: 'shop', count: 488 },
          ],
          patterns: [{ value: 'aaa', count: 700 }],
        }),
      ],
    }
  }
  const reports = ['Executive summary', 'Sales', 'Customers', 'Products', 'Marketing'].map(
    (title, index) => ({
      name: ['executive', 'sales', 'customer', 'product', 'marketing'][index],
      title,
      description: `What happened in ${title.toLowerCase()}, with tables to take along.`,
    }),
  )
  const report = (name, params) => {
    const [from, to] = [params.get('from') ?? FIRST, params.get('to') ?? '2026-11-21']
    const section = (title, chart, query) => ({
      title,
      note: 'All orders of the period.',
      chart,
      query: { ...query, from, to },
      answer: answer(data, { ...query, from, to }),
    })
    return {
      name,
      title: reports.find((one) => one.name === name)?.title,
      from,
      to,
      summary: ['Revenue grew over the period.', 'Electronics brought most of it.'],
      sections: [
        section('Revenue by month', 'line', { metrics: ['revenue', 'orders'], by: ['month'] }),
        section('Revenue by category', 'bar', {
          metrics: ['revenue', 'orders'],
          by: ['category'],
          sort: [{ by: 'revenue', descending: true }],
        }),
        section('Share by channel', 'pie', {
          metrics: ['revenue'],
          by: ['channel'],
          sort: [{ by: 'revenue', descending: true }],
        }),
        section('Best products', 'table', {
          metrics: ['revenue', 'orders', 'units'],
          by: ['product'],
          sort: [{ by: 'revenue', descending: true }],
        }),
      ],
    }
  }
  const filtersOf = ({ where, from, to }) => ({ where, from, to })
  const trends = (body) => {
    const { metric = 'revenue', from = FIRST, to = '2026-11-21' } = body
    const filters = filtersOf(body)
    const result = answer(data, { metrics: [metric, 'orders'], by: ['month'], ...filters })
    if (result.error) return result
    const last = (month) => new Date(Date.UTC(month.slice(0, 4), month.slice(5, 7), 0))
    const points = result.rows.map(([period, value, n], index) => {
      const before = result.rows[index - 1]?.[1] ?? null
      return {
        period,
        value,
        change: before === null ? null : value - before,
        growth: before ? (value - before) / before : null,
        complete: period >= from && last(period).toISOString().slice(0, 10) < to,
        n,
      }
    })
    const names = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']
    const days = answer(data, { metrics: [metric], by: ['day'], limit: 1e5, ...filters }).rows
    const weekdayOf = (day) => (new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7
    const weekdays = names.map((weekday, at) => {
      const mine = days.filter(([day]) => weekdayOf(day) === at).map(([, value]) => value ?? 0)
      const sum = mine.reduce((a, b) => a + b, 0)
      return { weekday, value: mine.length > 0 ? sum / mine.length : null, sum, n: mine.length }
    })
    const total = weekdays.reduce((sum, day) => sum + day.sum, 0)
    return {
      metric,
      label: result.columns[1].label,
      unit: result.columns[1].unit,
      grain: 'month',
      points,
      weekdays: weekdays.map(({ sum, ...day }) => ({ ...day, share: total ? sum / total : null })),
    }
  }
  const analyses = {
    missing: () => ({
      tables: [
        {
          table: 'transactions',
          rows: data.transactions.length,
          columns: [
            {
              column: 'payment_method',
              type: 'text',
              missing: data.transactions.filter((row) => row.payment_method === null).length,
              share: 0.01,
              treatment: 'keep as not known',
              reason: 'categorical, little missing',
            },
            {
              column: 'amount',
              type: 'decimal',
              missing: 0,
              share: 0,
              treatment: 'none',
              reason: 'nothing missing',
            },
          ],
        },
        {
          table: 'customers',
          rows: data.customers.length,
          columns: [
            {
              column: 'email',
              type: 'text',
              missing: 1310,
              share: 1310 / data.customers.length,
              treatment: 'keep and flag',
              reason: '26.2 % are missing: a fill would invent the column',
            },
          ],
        },
      ],
    }),
    outliers: () => ({
      columns: [
        outliers(
          'transactions',
          'amount',
          'Amount',
          'currency',
          data.transactions.map((row) => row.amount),
        ),
        outliers(
          'transactions',
          'quantity',
          'Quantity',
          'count',
          data.transactions.map((row) => row.quantity),
        ),
        outliers(
          'customers',
          'total_spent',
          'Total spent',
          'currency',
          rows.map((row) => row.total_spent),
        ),
      ],
    }),
    trends,
    correlations: () => {
      const names = [...FEATURES, ['total_spent', 'Total spent']]
      const matrix = names.map(([a]) =>
        names.map(([b]) =>
          a === b
            ? 1
            : pearson(
                rows.map((row) => row[a]),
                rows.map((row) => row[b]),
              ),
        ),
      )
      const strong = names.flatMap(([a], i) =>
        names.flatMap(([b], j) =>
          j > i && Math.abs(matrix[i][j]) > 0.5 ? [{ a, b, r: matrix[i][j], n: rows.length }] : [],
        ),
      )
      return {
        entity: 'customer',
        columns: names.map(([name, label]) => ({ name, label })),
        n: rows.length,
        matrix,
        strong,
      }
    },
    // The retention table usually given for Online Retail, its first cohorts.
    cohort: () => {
      const cohorts = [
        ['2024-01-01', [885, 324, 286, 340, 321, 352, 321, 309, 313]],
        ['2024-02-01', [417, 92, 111, 96, 134, 120, 103, 101]],
        ['2024-03-01', [380, 71, 71, 108, 103, 94, 96]],
        ['2024-04-01', [452, 68, 114, 90, 101, 76]],
      ].map(([cohort, active]) => ({
        cohort,
        customers: active[0],
        active,
        retention: active.map((count) => count / active[0]),
        amounts: active.map((count) => 40 * count),
      }))
      return {
        grain: 'month',
        metric: { name: 'revenue', label: 'Revenue', unit: 'currency' },
        n: 2134,
        last_complete: true,
        cohorts,
        mean_retention: [1, 0.26, 0.27, 0.3, 0.3, 0.29, 0.3],
      }
    },
    rfm: () => ({
      metric: { name: 'revenue', label: 'Revenue', unit: 'currency' },
      as_of: '2024-10-01',
      n: 2134,
      groups: [
        ['champions', 'Champions', 'bought lately, often and for much', 300, 0.5, 5, 8],
        ['at_risk', 'At risk', 'bought often or for much, long ago', 700, 0.3, 130, 3],
        ['hibernating', 'Hibernating', 'bought little, long ago', 1134, 0.2, 219, 1],
      ].map(([group, label, meaning, customers, amount_share, recency, orders]) => ({
        group,
        label,
        meaning,
        customers,
        share: customers / 2134,
        amount: 100000 * amount_share,
        amount_share,
        median_recency_days: recency,
        median_orders: orders,
        mean_amount: (100000 * amount_share) / customers,
      })),
      grid: [],
      customers: [],
    }),
    pareto: () => ({
      metric: { name: 'revenue', label: 'Revenue', unit: 'currency' },
      dimension: { name: 'customer', label: 'Customer', unit: '' },
      n: 2134,
      left_out: 0,
      total: 100000,
      gini: 0.71,
      share_of_top_fifth: 0.746,
      holders_of_four_fifths: 0.261,
      top: [
        { holders: 0.01, share: 0.319 },
        { holders: 0.05, share: 0.504 },
        { holders: 0.1, share: 0.614 },
        { holders: 0.2, share: 0.746 },
        { holders: 0.5, share: 0.922 },
      ],
      curve: [
        [0.25, 0.022],
        [0.5, 0.078],
        [0.8, 0.254],
        [0.9, 0.386],
        [0.95, 0.496],
        [0.99, 0.681],
        [1, 1],
      ],
      best: [],
    }),
    basket: () => ({
      item: { name: 'product', label: 'Product', unit: '' },
      n: 4120,
      items: 12,
      min_baskets: 42,
      min_confidence: 0.1,
      sets_found: 31,
      rules_found: 2,
      sets: [],
      rules: [
        {
          left: ['Running Shoes'],
          right: 'Yoga Mat',
          baskets: 72,
          support: 0.033,
          confidence: 0.211,
          lift: 1.56,
          leverage: 0.0118,
        },
        {
          left: ['Desk Lamp', 'Office Chair'],
          right: 'Standing Desk',
          baskets: 48,
          support: 0.022,
          confidence: 0.184,
          lift: 1.31,
          leverage: 0.005,
        },
      ],
    }),
    funnel: () => ({
      unit: 'sessions',
      window_days: 30,
      groups: [],
      steps: [
        { label: 'Visited', count: 5000, of_first: 1, of_before: null },
        { label: 'Looked around', count: 1770, of_first: 0.354, of_before: 0.354 },
        { label: 'Converted', count: 310, of_first: 0.062, of_before: 0.175 },
      ],
    }),
    survival: () => ({
      event: 'lost',
      gap_days: 142,
      n: 2134,
      until: LAST,
      groups: 1,
      log_rank: null,
      curves: [
        {
          group: 'all',
          n: 2134,
          events: 1240,
          median_days: 388,
          points: [0, 60, 120, 240, 388, 500, 700].map((day, at) => ({
            day,
            at_risk: 2134 - 250 * at,
            events: 100,
            survival: 0.92 - 0.085 * at,
            se: 0.01,
            lower: 0.9 - 0.09 * at,
            upper: 0.94 - 0.08 * at,
          })),
        },
      ],
    }),
    explain: (body) => ({
      metric: { name: body.metric ?? 'revenue', label: 'Revenue', unit: 'currency' },
      before: { from: '2025-01-01', to: '2025-02-01', value: 80000 },
      after: { from: '2025-02-01', to: '2025-03-01', value: 91000 },
      change: 11000,
      growth: 0.1375,
      verdict: {
        is_small: false,
        is_normal: false,
        z: 2.8,
        p: 0.005,
        standard_error: 3900,
        usual_change: 5200,
        earlier_changes: 11,
        text: 'The change is larger than chance and the usual variation explain.',
      },
      customers: [
        {
          part: 'new',
          label: 'New customers',
          customers: 120,
          before: 0,
          after: 18000,
          change: 18000,
        },
        {
          part: 'lost',
          label: 'Lost customers',
          customers: 90,
          before: 12000,
          after: 0,
          change: -12000,
        },
        {
          part: 'kept',
          label: 'Kept customers',
          customers: 400,
          before: 68000,
          after: 73000,
          change: 5000,
        },
      ],
      waterfall: [
        { part: 'before', label: 'January 2025', value: 80000 },
        { part: 'new', label: 'New customers', value: 18000 },
        { part: 'lost', label: 'Lost customers', value: -12000 },
        { part: 'volume', label: 'Kept customers: volume', value: 6500 },
        { part: 'price', label: 'Kept customers: price', value: -1500 },
        { part: 'after', label: 'February 2025', value: 91000 },
      ],
      dimensions: [
        {
          name: 'channel',
          label: 'Channel',
          surprise: 0.02,
          n: 2,
          values: [
            { value: 'Online', before: 50000, after: 60000, change: 10000, share: 0.9, p: 0.01 },
            { value: 'Store', before: 30000, after: 31000, change: 1000, share: 0.1, p: 0.6 },
          ],
          others: { before: 0, after: 0, change: 0 },
        },
      ],
      sentence: 'Revenue rose by 11,000.00 EUR (13.8 %), most of it from new customers.',
      notes: [],
    }),
    patterns: (body) => ({
      dimensions: [
        ['category', 'Category'],
        ['channel', 'Channel'],
        ['payment_method', 'Payment method'],
        ['segment', 'Segment'],
        ['country', 'Country'],
      ].map(([name, label]) => {
        const result = answer(data, {
          metrics: ['orders', 'revenue', 'average_order_value'],
          by: [name],
          sort: [{ by: 'revenue', descending: true }],
          totals: true,
          ...filtersOf(body),
        })
        const total = result.rows.reduce((sum, row) => sum + row[2], 0)
        return {
          name,
          label,
          n: result.totals[1],
          metric: 'revenue',
          values: result.rows.map(([value, orders, revenue, average]) => ({
            value,
            orders,
            revenue,
            share: revenue / total,
            average_order_value: average,
          })),
        }
      }),
    }),
  }
  const hit = (customer) => ({
    customer_id: customer.customer_id,
    label: `Customer ${customer.customer_id}`,
    segment: customer.segment,
    country: customer.country,
  })
  let began = 0
  return (method, path, params, body) => {
    const [, , , what, name] = path.split('/')
    if (what === 'analysis')
      return analyses[name] && once(name + JSON.stringify(body), () => analyses[name](body))
    if (what === 'models') return once('models', models)
    if (what === 'predict') return predict(name, body)
    if (what === 'quality') return quality()
    if (what === 'profile') return profile(params)
    if (what === 'customers' && name) {
      const row = rows.find((one) => one.customer.customer_id === Number(name))
      return (
        row && {
          customer_id: Number(name),
          attributes: row.customer,
          features: Object.fromEntries([
            ...FEATURES.map(([feature]) => [feature, row[feature]]),
            ['segment', row.customer.segment],
          ]),
        }
      )
    }
    if (what === 'customers') {
      const found = rows
        .map((row) => row.customer)
        .filter((customer) =>
          `Customer ${customer.customer_id}`
            .toLowerCase()
            .includes((params.get('search') ?? '').toLowerCase()),
        )
      return {
        customers: found.slice(0, Number(params.get('limit') ?? 20)).map(hit),
        total: found.length,
      }
    }
    if (what === 'reports' && !name) return { reports }
    if (what === 'reports' && name.endsWith('.csv'))
      return report(name.slice(0, -4), params)
        .sections.map((section) =>
          [section.title, ...section.answer.rows.map((row) => row.join(','))].join('\r\n'),
        )
        .join('\r\n')
    if (what === 'reports') return report(name, params)
    if (what === 'train' && method === 'POST') {
      began = Date.now()
      return { job_id: 'job-1' }
    }
    if (what === 'jobs') {
      const done = Math.min(6, Math.floor((Date.now() - began) / 700))
      const steps = ['features', 'churn', 'churn', 'lifetime value', 'segments', 'saving', 'done']
      return {
        job_id: name,
        kind: 'train',
        state: done < 6 ? 'running' : 'done',
        step: steps[done],
        done,
        total: 6,
        message: null,
      }
    }
    return null
  }
}
