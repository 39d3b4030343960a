// Light, dark or as the system has it; remembered in this browser, and told to the style sheet by
// data-theme on the root element.

import { useSyncExternalStore } from 'react'

export type Scheme = 'light' | 'dark'
export type SchemeChoice = Scheme | 'system'

const KEY = 'cip-theme'
const listeners = new Set<() => void>()
const prefersDark = () => window.matchMedia('(prefers-color-scheme: dark)')

function stored(): SchemeChoice {
  try {
    const text = window.localStorage.getItem(KEY)
    return text === 'light' || text === 'dark' ? text : 'system'
  } catch {
    return 'system' // Storage may be forbidden; then nothing is remembered.
  }
}

let choice: SchemeChoice = stored()

const scheme = (): Scheme =>
  choice === 'system' ? (prefersDark().matches ? 'dark' : 'light') : choice

function apply(): void {
  document.documentElement.dataset.theme = scheme()
  listeners.forEach((listener) => {
    listener()
  })
}

/** Call once before the first paint. */
export function startColorScheme(): void {
  prefersDark().addEventListener('change', apply)
  apply()
}

export function chooseScheme(next: SchemeChoice): void {
  choice = next
  try {
    if (next === 'system') window.localStorage.removeItem(KEY)
    else window.localStorage.setItem(KEY, next)
  } catch {
    // Not remembered, but chosen.
  }
  apply()
}

export const flipScheme = () => {
  chooseScheme(scheme() === 'dark' ? 'light' : 'dark')
}

const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export const useScheme = () => useSyncExternalStore(subscribe, scheme)
export const useSchemeChoice = () => useSyncExternalStore(subscribe, () => choice)
