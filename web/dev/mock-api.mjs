// A stand-in for the server, for looking at pages and for browser tests only. It answers the API
// from made-up data and serves dist/ under the same content security policy as the real one.
//   node dev/mock-api.mjs [port] [--slow ms] [--empty] [--steward]

import { createReadStream, existsSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import { extname, join } from 'node:path'

import { makeData, FIRST, LAST } from './mock-data.mjs'
import { otherAnswers } from './mock-other.mjs'
import { answer, DIMENSIONS, METRICS } from './mock-query.mjs'

export const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

const TYPES = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
}
// One dimension that nobody here may see, so that the refusal can be looked at.
const EMAIL = { name: 'email', label: 'E-mail', kind: 'text', table: 'customers', pii: true }
const refusal = (query) =>
  query.by.includes('email')
    ? {
        error: {
          code: 'forbidden',
          message: 'email is personal data: the role analyst may not see it, steward and above may',
        },
      }
    : null
const DIST = process.env.CIP_DIST ?? join(import.meta.dirname, '..', 'dist')

export function startMock({ port = 8501, slow = 0, empty = false, role = 'analyst' } = {}) {
  const data = makeData()
  if (empty) data.transactions.length = 0
  const other = otherAnswers(data)
  const workspace = {
    name: 'Made-up shop',
    version: '0.0.0',
    user: { name: `Demo ${role}`, role },
    model: { metrics: METRICS, dimensions: [...DIMENSIONS, EMAIL], currency: 'EUR' },
    data: {
      snapshot: 's-1',
      loaded_at: `${LAST}T06:00:00Z`,
      from: empty ? null : FIRST,
      to: empty ? null : LAST,
      tables: [
        { name: 'customers', rows: data.customers.length },
        { name: 'transactions', rows: data.transactions.length },
      ],
    },
    quality: { score: 97.2, coverage: 1, status: 'good', alerts: 2 },
  }
  const server = createServer(async (request, response) => {
    const url = new URL(request.url, 'http://mock')
    const json = (body, status = 200) => {
      setTimeout(() => {
        response.writeHead(status, { 'content-type': 'application/json' })
        response.end(JSON.stringify(body))
      }, slow)
    }
    const chunks = []
    for await (const chunk of request) chunks.push(chunk)
    const body = chunks.length > 0 ? JSON.parse(Buffer.concat(chunks).toString()) : {}
    const path = url.pathname
    if (path === '/healthz') return json({ status: 'ok' })
    if (path === '/api/v1/workspace') return json(workspace)
    if (path === '/api/v1/query') {
      const answers = body.queries.map((query) => refusal(query) ?? answer(data, query))
      const elapsed = answers.reduce((sum, one) => sum + (one.elapsed_ms ?? 0), 0)
      return json({ answers, rows_read: data.transactions.length, elapsed_ms: elapsed })
    }
    if (path === '/api/v1/query.csv') {
      const result = answer(data, {
        ...JSON.parse(url.searchParams.get('query') ?? '{}'),
        limit: 1e6,
      })
      response.writeHead(200, {
        'content-type': 'text/csv',
        'content-disposition': 'attachment; filename="query.csv"',
      })
      return response.end(
        [result.columns.map((column) => column.name), ...result.rows]
          .map((row) => row.join(','))
          .join('\r\n') + '\r\n',
      )
    }
    if (path === '/api/v1/train' && role === 'analyst') {
      const message = 'the role analyst may not train models, steward and above may'
      return json({ error: { code: 'forbidden', message } }, 403)
    }
    if (path.startsWith('/api/')) {
      const found = other(request.method, path, url.searchParams, body)
      if (typeof found === 'string') {
        response.writeHead(200, { 'content-type': 'text/csv' })
        return response.end(found)
      }
      return found
        ? json(found)
        : json({ error: { code: 'not_found', message: `no route ${path}` } }, 404)
    }
    let file = join(DIST, path)
    if (!existsSync(file) || statSync(file).isDirectory()) file = join(DIST, 'index.html')
    response.writeHead(200, {
      'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
      'content-security-policy': POLICY,
      'x-content-type-options': 'nosniff',
    })
    createReadStream(file).pipe(response)
  })
  return new Promise((resolve) => server.listen(port, '127.0.0.1', () => resolve(server)))
}

if (import.meta.filename === process.argv[1]) {
  const [port = '8501'] = process.argv.slice(2).filter((word) => /^\d+$/.test(word))
  const slowAt = process.argv.indexOf('--slow')
  await startMock({
    port: Number(port),
    slow: slowAt > 0 ? Number(process.argv[slowAt + 1]) : 0,
    empty: process.argv.includes('--empty'),
    role: process.argv.includes('--steward') ? 'steward' : 'analyst',
  })
  console.log(`made-up data on http://127.0.0.1:${port}`)
}
