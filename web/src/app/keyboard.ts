// Keys that work on every page. Two-key sequences begin with g, as in "go to".

import { useNavigate } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'

import { flipScheme } from '@/lib/color-scheme'
import type { ViewSearch } from '@/lib/view-search'

import { PAGES } from './pages'

export const KEYS: readonly { keys: string; does: string }[] = [
  ...PAGES.map((page) => ({ keys: `g ${page.key}`, does: `Go to ${page.label}` })),
  { keys: '[', does: 'Fold or unfold the rail' },
  { keys: 'd', does: 'Switch between light and dark' },
  { keys: 'v', does: 'Show the focused chart as a table' },
  { keys: '← → Home End', does: 'Walk through the points of the focused chart' },
  { keys: 'Enter', does: 'Use the point: see its rows, filter to it, or zoom into it' },
  { keys: 'Ctrl + wheel', does: 'Zoom into a chart; drag to move, double click to see all' },
  { keys: 'Ctrl + click', does: 'Exclude a row of a ranking' },
  { keys: '?', does: 'Show or hide this list' },
  { keys: 'Esc', does: 'Close what is open' },
]

const WAIT_MS = 1200 // How long a g waits for its second key.

/** Whether keys belong to what has the focus. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target.isContentEditable || target instanceof HTMLTextAreaElement) return true
  if (target instanceof HTMLSelectElement) return true
  return (
    target instanceof HTMLInputElement && !['checkbox', 'radio', 'button'].includes(target.type)
  )
}

export function useKeyboard(actions: { toggleRail: () => void; toggleHelp: () => void }): void {
  const navigate = useNavigate()
  const goSince = useRef(-Infinity)
  const { toggleRail, toggleHelp } = actions
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return
      const waiting = event.timeStamp - goSince.current < WAIT_MS
      goSince.current = event.key === 'g' ? event.timeStamp : -Infinity
      const page = waiting ? PAGES.find((item) => item.key === event.key) : undefined
      if (page) {
        event.preventDefault()
        const keepView = ({ t, vs, f }: ViewSearch): ViewSearch => ({ t, vs, f })
        void navigate({ to: page.to, search: keepView })
        return
      }
      if (event.key === '[') toggleRail()
      if (event.key === 'd') flipScheme()
      if (event.key === '?') toggleHelp()
    }
    window.addEventListener('keydown', press)
    return () => {
      window.removeEventListener('keydown', press)
    }
  }, [navigate, toggleRail, toggleHelp])
}
