// Every page in a real Chromium: nothing in the console, nothing against the content security
// policy, nothing axe calls serious, nothing that scrolls sideways; then the main ways to use it.
//   node e2e/pages.mjs            against the stand-in server and dist/
//   CIP_URL=http://... node ...   against a running server
//   CIP_SHOTS=DIR                 also saves a picture of every page

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

import { startMock } from '../dev/mock-api.mjs'
import { launch, openPage, settle, SIZES } from './browser.mjs'
import { checkUploads } from './uploads.mjs'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const PAGES = [
  '/',
  '/analytics',
  '/analytics?view=change',
  '/analytics?view=outliers',
  '/analytics?view=correlations',
  '/analytics?view=patterns',
  '/analytics?view=customers',
  '/models',
  '/query',
  '/query?how=sql',
  '/quality',
  '/reports',
]
const shots = process.env.CIP_SHOTS
const server = process.env.CIP_URL ? null : await startMock({ port: 0 })
const base = process.env.CIP_URL ?? `http://127.0.0.1:${server.address().port}`
const browser = await launch()
let failures = 0

async function check(name, run) {
  try {
    await run()
    console.log(`ok    ${name}`)
  } catch (error) {
    failures += 1
    console.log(`FAIL  ${name}\n${String(error.message).replace(/^/gm, '      ')}`)
  }
}

// A menu takes the focus once it has come in: a key pressed before would go past it.
const menuIsOpen = (page) =>
  page
    .getByRole('menuitem', { name: 'See the rows behind it' })
    .and(page.locator(':focus'))
    .waitFor()

async function look(size, path) {
  const { page, wrong, close } = await openPage(browser, size)
  try {
    await page.goto(base + path)
    await settle(page)
    if (shots) {
      const file = `${path.slice(1).replace('?view=', '-') || 'executive'}-${size}.png`
      await page.screenshot({ path: join(shots, file), fullPage: size === 'phone' })
    }
    assert.deepEqual(wrong, [], 'the console is quiet')
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
    assert.ok(wide <= 0, `the page is ${wide} px too wide`)
    assert.equal(await page.locator('h1').count(), 1, 'a page has one title')
    // Evaluated by the debugger, which the policy does not bind.
    await page.evaluate(axe)
    const { violations } = await page.evaluate(() => window.axe.run(document))
    const serious = violations.filter(({ impact }) => ['serious', 'critical'].includes(impact))
    assert.deepEqual(
      serious.map(
        ({ id, nodes }) =>
          `${id}: ${nodes
            .map((node) => node.html.slice(0, 140))
            .slice(0, 3)
            .join(' | ')}`,
      ),
      [],
    )
  } finally {
    await close()
  }
}

async function use(name, run) {
  await check(name, async () => {
    const { page, wrong, close } = await openPage(browser, 'light')
    try {
      await page.goto(base)
      await settle(page)
      await run(page)
      assert.deepEqual(wrong, [], 'the console is quiet')
    } finally {
      await close()
    }
  })
}

for (const path of PAGES) {
  for (const size of Object.keys(SIZES)) await check(`${path} ${size}`, () => look(size, path))
}

const query = (page) => new URL(page.url()).searchParams

await use('a click on a row of a ranking offers a filter, and Back takes it back', async (page) => {
  await page.locator('main table tbody tr').first().click()
  await page.getByRole('menuitem', { name: /^Filter to / }).click()
  await page.waitForURL(/f=/)
  assert.equal(await page.getByRole('button', { name: /^Drop / }).count(), 1)
  await page.goBack()
  assert.equal(query(page).get('f'), null)
})

await use('a filter is found, ticked and turned round', async (page) => {
  await page.getByRole('button', { name: 'Filter', exact: true }).click()
  await page.getByRole('searchbox').fill('count')
  await page.getByRole('button', { name: /^Country/ }).click()
  await page.getByRole('checkbox').first().check()
  await page.waitForURL(/f=country:/)
  await page.getByText('All but these').click()
  await page.waitForURL(/f=country!:/)
})

await use('the time pill steps back, and presets stand in the address', async (page) => {
  await page.getByRole('button', { name: 'Earlier' }).click()
  await page.waitForURL(/t=\d{4}-\d{2}-\d{2}\.\.\d{4}-\d{2}-\d{2}/)
  await page.locator('[aria-haspopup="dialog"]').first().click()
  await page.getByRole('button', { name: 'Last 30 days' }).click()
  await page.waitForURL(/t=30d/)
})

await use('keys go to pages, fold the rail, change the theme and show help', async (page) => {
  await page.keyboard.press('d')
  assert.equal(await page.locator('html').getAttribute('data-theme'), 'dark')
  const wide = await page
    .locator('nav')
    .first()
    .evaluate((node) => node.offsetWidth)
  await page.keyboard.press('[')
  assert.ok(
    (await page
      .locator('nav')
      .first()
      .evaluate((node) => node.offsetWidth)) < wide,
  )
  await page.keyboard.press('?')
  assert.ok(await page.getByRole('dialog').isVisible())
  await page.keyboard.press('Escape')
  assert.equal(await page.getByRole('dialog').count(), 0)
  await page.keyboard.press('g')
  await page.keyboard.press('q')
  await page.waitForURL(/\/query/)
})

await use('a chart has a table twin and a picture', async (page) => {
  const card = page
    .locator('section')
    .filter({ has: page.getByRole('heading', { name: /by week$/ }) })
  await card.getByRole('button', { name: 'Show as table (v)' }).click()
  assert.ok((await card.locator('tbody tr').count()) > 3)
  await card.getByRole('button', { name: 'Show as table (v)' }).click()
  await card.getByRole('img').locator('canvas').waitFor()
  await card.getByRole('button', { name: /^Menu of/ }).click()
  const saved = page.waitForEvent('download')
  await page.getByRole('menuitem', { name: 'Save as PNG' }).click()
  assert.match((await saved).suggestedFilename(), /\.png$/)
})

await use('the analytics page: strips, leaderboards and tabs', async (page) => {
  await page.goto(`${base}/analytics`)
  await settle(page)
  await page.getByRole('button', { name: /^Orders/, pressed: false }).click()
  await page.waitForURL(/m=orders/)
  await page.getByRole('heading', { name: 'Orders month over month' }).waitFor()
  await page.keyboard.press('ArrowRight')
  await page.getByText(/^Week of /).waitFor()
  const channel = page
    .locator('section')
    .filter({ has: page.getByRole('heading', { name: 'Channel' }) })
  const rows = await channel.locator('tbody tr').count()
  await channel.getByRole('button', { name: 'Online' }).focus()
  await page.keyboard.press('Enter')
  await menuIsOpen(page)
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await page.waitForURL(/f=channel:Online/)
  await settle(page)
  assert.equal(await channel.locator('tbody tr').count(), rows, 'rows filtered out stay, faded')
  await page.getByRole('button', { name: /^Drop / }).click()
  await channel.getByRole('button', { name: 'Online' }).click({ modifiers: ['Control'] })
  await page.waitForURL(/f=channel!:Online/)
  await page.getByRole('tab', { name: 'Trends' }).focus()
  await page.keyboard.press('ArrowRight')
  await page.waitForURL(/view=change/)
  await page.keyboard.press('ArrowRight')
  await page.waitForURL(/view=outliers/)
  await settle(page)
  await page
    .getByRole('region', { name: /^Columns of numbers/ })
    .getByRole('button')
    .last()
    .click()
  await page.waitForURL(/col=/)
  await page.getByRole('button', { name: /^Drop / }).click() // Few customers may have no strong pair.
  await page.getByRole('tab', { name: 'Correlations' }).click()
  await settle(page)
  await page.getByRole('region', { name: 'Strong pairs' }).getByRole('button').first().click()
  await page.waitForURL(/pair=/)
})

await use('a number leads to its rows by the keyboard, and back', async (page) => {
  const row = page.locator('main table tbody button').first()
  const name = await row.textContent()
  await row.focus()
  await page.keyboard.press('Enter')
  await menuIsOpen(page)
  await page.keyboard.press('Enter')
  await page.waitForURL(/rows=revenue&at=/)
  const panel = page.getByRole('dialog', { name: 'Rows behind revenue' })
  await panel
    .getByRole('cell', { name: /line \d/ })
    .first()
    .waitFor()
  assert.match(await panel.textContent(), new RegExp(`is ${name} `))
  const shown = (await panel.locator('tbody tr').count()).toString()
  assert.match(await panel.textContent(), new RegExp(`1–${shown} of `))
  await page.evaluate(axe)
  const { violations } = await page.evaluate(() => window.axe.run(document))
  assert.deepEqual(
    violations.filter(({ impact }) => ['serious', 'critical'].includes(impact)).map(({ id }) => id),
    [],
  )
  await page.reload()
  await panel.waitFor() // The address keeps it.
  await page.keyboard.press('Escape')
  await page.waitForURL((url) => !url.searchParams.has('rows'))
  assert.equal(await page.getByRole('dialog').count(), 0)
  await row.focus()
  await page.keyboard.press('Enter')
  await menuIsOpen(page)
  await page.keyboard.press('Enter')
  await panel.waitFor()
  await page.keyboard.press('Escape')
  await page.waitForURL((url) => !url.searchParams.has('rows'))
  assert.equal(await page.evaluate(() => document.activeElement?.textContent), name)
})

await use('a bar of an answer and a row of its table lead to rows', async (page) => {
  await page.goto(`${base}/query?m=revenue&by=channel`)
  await settle(page)
  const chart = page.getByRole('img').filter({ has: page.locator('canvas') })
  await chart.locator('canvas').waitFor()
  await chart.focus()
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('Enter')
  await page.waitForURL(/rows=revenue&at=channel:/)
  const panel = page.getByRole('dialog', { name: 'Rows behind revenue' })
  await panel.locator('tbody tr').first().waitFor()
  const saved = page.waitForEvent('download')
  await panel.getByRole('link', { name: /CSV/ }).click()
  assert.match((await saved).suggestedFilename(), /\.csv$/)
  await panel.getByRole('button', { name: 'Close (Esc)' }).click()
  await page.waitForURL((url) => !url.searchParams.has('rows'))
  await page
    .getByRole('button', { name: /^Rows behind / })
    .last()
    .click()
  await panel.waitFor()
})

await use('a statement of SQL is run by the keyboard', async (page) => {
  await page.goto(`${base}/query?how=sql`)
  await settle(page)
  const statement = page.getByRole('textbox').last()
  await statement.fill('SELECT segment_name, segment_id FROM customer_segments ORDER BY 2')
  await statement.press('Control+Enter')
  await page.getByRole('cell', { name: 'Premium' }).waitFor()
})

if (process.env.CIP_WORKSPACE) await checkUploads({ browser, base, check })

await browser.close()
server?.close()
console.log(failures === 0 ? 'all well' : `${failures} failed`)
process.exitCode = failures === 0 ? 0 : 1
