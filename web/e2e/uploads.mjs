// A file that is dropped on the page: looked at, published, seen in the numbers, taken back; and
// files that are refused. Needs a real server whose pages may load data.

import assert from 'node:assert/strict'
import { request } from 'node:http'

import { openPage, settle } from './browser.mjs'

const HEADER =
  'transaction_id,order_id,customer_id,product_id,transaction_date,quantity,unit_price,amount,channel,payment_method'
const ORDERS = 30

/** Orders of one day in a channel that no other order has, and one record that cannot be read. */
function orders() {
  const lines = Array.from(
    { length: ORDERS },
    (_, at) =>
      `${900_000 + at},${800_000 + at},${1 + at},1,2026-11-18 10:00:00,1,100.00,100.00,Kiosk,Card`,
  )
  lines.push('900900,800900,1,1,2026-11-18 10:00:00,many,100.00,100.00,Kiosk,Card')
  return [HEADER, ...lines, ''].join('\n')
}

const FILE = { name: 'kiosk orders.csv', mimeType: 'text/csv', buffer: Buffer.from(orders()) }

export async function checkUploads({ browser, base, check }) {
  const use = (name, size, run, allowed = 0) =>
    check(name, async () => {
      const { page, wrong, close } = await openPage(browser, size)
      try {
        await page.goto(`${base}/quality`)
        await settle(page)
        await run(page)
        // What the server refuses stands in the console too, and nothing else does.
        const other = wrong.filter((text) => !/the server responded with a status of 4/.test(text))
        assert.deepEqual(other, [], 'the console is quiet')
        assert.equal(wrong.length - other.length, allowed)
      } finally {
        await close()
      }
    })

  const kioskRows = async () => {
    const body = {
      queries: [
        {
          metrics: ['order_lines'],
          by: [],
          where: [{ field: 'channel', op: 'in', values: ['Kiosk'] }],
        },
      ],
    }
    const response = await fetch(`${base}/api/v1/query`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    })
    return (await response.json()).answers[0].rows[0]?.[0] ?? 0
  }

  await use(
    'a dropped file is looked at, published, seen and taken back',
    'light',
    async (page) => {
      const data = await page.evaluateHandle(
        ({ name, text }) => {
          const transfer = new DataTransfer()
          transfer.items.add(new File([text], name, { type: 'text/csv' }))
          return transfer
        },
        { name: FILE.name, text: FILE.buffer.toString() },
      )
      const zone = page.getByText('Drop a file here, or')
      await zone.dispatchEvent('dragover', { dataTransfer: data })
      await zone.dispatchEvent('drop', { dataTransfer: data })
      await page.waitForURL(/load=inbox/)
      const card = page
        .locator('section')
        .filter({ has: page.getByRole('heading', { name: FILE.name }) })
      await card.getByRole('region', { name: 'What the file is' }).getByText('Delimiter').waitFor()

      const text = card.getByRole('textbox', { name: 'How it is read' })
      const proposed = await text.inputValue()
      assert.match(proposed, /table = "transactions"/)
      await text.fill(proposed.replace('table = "transactions"', 'table = "transctions"'))
      await card.getByText(/^Line \d+: .*transactions/).waitFor()
      assert.ok(await card.getByRole('button', { name: 'Preview the load' }).isDisabled())
      await text.fill(proposed)
      await card.getByText('The mapping can be read.').waitFor()

      await card.getByRole('button', { name: 'Preview the load' }).click()
      const decision = card.getByRole('status', { name: /^Load of/ })
      await decision.getByRole('button', { name: 'Publish the load' }).waitFor()
      assert.equal(
        await decision.locator('dl').getAttribute('aria-label'),
        `Transactions: ${ORDERS} new, 0 changed, 0 unchanged, 1 rejected`,
      )
      assert.equal(await kioskRows(), 0, 'nothing changes before it is published')

      await page.reload() // Where a file stands is not forgotten.
      await decision.getByRole('button', { name: 'Publish the load' }).click()
      await decision.getByText(/^Published as load/).waitFor()
      assert.equal(await kioskRows(), ORDERS)
      await decision.getByText(/“many” on line 32/).waitFor()
      await decision.getByRole('button', { name: 'Undo the load' }).click()
      await decision.getByText(/was taken back/).waitFor()
      assert.equal(await kioskRows(), 0)
      await card.getByRole('button', { name: 'Discard the file' }).click()
      await page.getByText('Drop a file here, or').waitFor()
      assert.equal(new URL(page.url()).searchParams.get('load'), null)
    },
  )

  await use(
    'a file that is no text is refused in words',
    'phone',
    async (page) => {
      const binary = Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 0, 0, 1])
      await page
        .locator('input[type=file]')
        .setInputFiles({ name: 'orders.csv', mimeType: 'text/csv', buffer: binary })
      await page
        .getByRole('alert')
        .getByText(/not text: byte 5 is zero; wanted CSV/)
        .waitFor()
      const wide = await page.evaluate(
        () => document.documentElement.scrollWidth - window.innerWidth,
      )
      assert.ok(wide <= 0, `the page is ${wide} px too wide`)
    },
    1,
  )

  await use(
    'a name that is taken is offered with a number',
    'light',
    async (page) => {
      const again = { ...FILE, name: 'customers.csv' }
      await page.locator('input[type=file]').setInputFiles(again)
      await page
        .getByRole('alert')
        .getByText(/there already, and nothing is overwritten/)
        .waitFor()
      await page.getByRole('button', { name: 'Send it as customers-2.csv' }).click()
      await page.waitForURL(/load=inbox\/customers-2\.csv/)
      await page.getByRole('button', { name: 'Discard the file' }).click()
      await page.getByText('Drop a file here, or').waitFor()
    },
    1,
  )

  await check(
    'an upload with a path in its name, or too large, is refused by its head',
    async () => {
      const refused = (name, size) =>
        new Promise((resolve, reject) => {
          const sent = request(
            `${base}/api/v1/uploads?name=${encodeURIComponent(name)}`,
            {
              method: 'POST',
              headers: { 'Content-Type': 'application/octet-stream', 'Content-Length': size },
            },
            (response) => {
              let text = ''
              response.on('data', (part) => (text += part))
              response.on('end', () => {
                sent.destroy() // The rest of the body was never wanted.
                resolve({ status: response.statusCode, message: JSON.parse(text).error.message })
              })
            },
          )
          sent.on('error', reject)
          sent.flushHeaders()
        })
      for (const name of ['../orders.csv', '/etc/orders.csv', 'a\\b.csv', '.orders.csv']) {
        const { status, message } = await refused(name, 5)
        assert.equal(status, 400)
        assert.match(message, /is no name for a file in the inbox/)
      }
      const { status, message } = await refused('orders.csv', 2 ** 31)
      assert.equal(status, 413)
      assert.match(message, /larger than/)
    },
  )
}
