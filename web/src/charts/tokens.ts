// The colours and fonts of the moment, read from the style sheet for what is drawn on a canvas.

import { useMemo } from 'react'

import { useScheme, type Scheme } from '@/lib/color-scheme'

const NAMES = {
  surface: '--surface',
  surface2: '--surface-2',
  surface3: '--surface-3',
  overlay: '--overlay',
  border: '--border',
  grid: '--grid',
  axis: '--axis',
  text: '--text',
  text2: '--text-2',
  text3: '--text-3',
  primary: '--primary',
  primaryInk: '--primary-ink',
  primarySoft: '--primary-soft',
  secondary: '--secondary',
  secondaryLine: '--secondary-line',
  good: '--good',
  bad: '--bad',
  neutral: '--neutral-mark',
  font: '--font',
} as const

export interface Tokens extends Record<keyof typeof NAMES, string> {
  scheme: Scheme
  series: string[] // In the order in which slots are handed out.
  sequential: string[]
  sequentialInk: string[]
  diverging: string[]
}

// Slots 3 and 4 are green and red; they come last because those colours also mean good and bad.
const SERIES_ORDER = [1, 2, 5, 6, 7, 8, 3, 4]
const STEPS = [1, 2, 3, 4, 5, 6, 7]

export const seriesVar = (index: number) =>
  index < SERIES_ORDER.length ? `var(--s${SERIES_ORDER[index] ?? 1})` : 'var(--neutral-mark)'

/** The tokens of a scheme, which must be the one on the page already. */
export function readTokens(scheme: Scheme): Tokens {
  const style = getComputedStyle(document.documentElement)
  const read = (name: string) => style.getPropertyValue(name).trim()
  const single = Object.fromEntries(
    Object.entries(NAMES).map(([key, name]) => [key, read(name)]),
  ) as Record<keyof typeof NAMES, string>
  return {
    ...single,
    scheme,
    series: SERIES_ORDER.map((slot) => read(`--s${slot}`)),
    sequential: STEPS.map((step) => read(`--q${step}`)),
    sequentialInk: STEPS.map((step) => read(`--qi${step}`)),
    diverging: STEPS.map((step) => read(`--d${step}`)),
  }
}

/** Read again whenever the scheme changes. */
export function useTokens(): Tokens {
  const scheme = useScheme()
  return useMemo(() => readTokens(scheme), [scheme])
}

/** One of seven steps for a value between low and high. */
export function stepOf(value: number, low: number, high: number): number {
  if (high <= low) return 3
  return Math.max(0, Math.min(6, Math.floor((7 * (value - low)) / (high - low))))
}
