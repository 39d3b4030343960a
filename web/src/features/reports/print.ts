// Paper is white, whatever the screen is: charts on a canvas are drawn again in light colours first.

import { chooseScheme } from '@/lib/color-scheme'

const frames = (count: number) =>
  new Promise<void>((resolve) => {
    const step = (left: number) => {
      if (left === 0) resolve()
      else
        requestAnimationFrame(() => {
          step(left - 1)
        })
    }
    step(count)
  })

const KEY = 'cip-theme'

export async function printLight(): Promise<void> {
  if (document.documentElement.dataset.theme !== 'dark') {
    window.print()
    return
  }
  let chosen: string | null = null
  try {
    chosen = window.localStorage.getItem(KEY)
  } catch {
    // Nothing was remembered then.
  }
  chooseScheme('light')
  await frames(3)
  window.print()
  chooseScheme(chosen === 'dark' || chosen === 'light' ? chosen : 'system')
}
