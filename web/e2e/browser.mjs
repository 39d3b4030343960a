// A Chromium for browser tests: the one of the system, with nothing that calls home.

import { chromium } from 'playwright-core'

export const launch = () =>
  chromium.launch({
    executablePath: process.env.CIP_CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })

export const SIZES = {
  light: { width: 1440, height: 900, scheme: 'light' },
  dark: { width: 1440, height: 900, scheme: 'dark' },
  tablet: { width: 900, height: 900, scheme: 'light' },
  phone: { width: 390, height: 844, scheme: 'light' },
}

/** A page of one size and scheme that remembers everything that went wrong in it. */
export async function openPage(browser, name) {
  const { width, height, scheme } = SIZES[name]
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: scheme,
    reducedMotion: 'reduce',
  })
  const page = await context.newPage()
  const wrong = []
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) wrong.push(message.text())
  })
  page.on('pageerror', (error) => wrong.push(String(error)))
  return { page, wrong, close: () => context.close() }
}

/** Waits until the page is there, nothing is loading and every chart is drawn. */
export async function settle(page) {
  await page.waitForLoadState('networkidle')
  await page.locator('h1').first().waitFor()
  await page.waitForFunction(
    () => document.querySelectorAll('main [aria-busy="true"]').length === 0,
  )
  await page.evaluate(() => document.fonts.ready)
  await page.waitForTimeout(250)
}
