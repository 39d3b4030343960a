import { useNavigate } from '@tanstack/react-router'
import { useCallback } from 'react'

import type { AnalyticsSearch } from './search'

/** Moves the address of this page and nothing else: the page stays where it is scrolled to. */
export function useChoice(): (change: AnalyticsSearch) => void {
  const navigate = useNavigate({ from: '/analytics' })
  return useCallback(
    (change) => {
      void navigate({ search: (old) => ({ ...old, ...change }), resetScroll: false })
    },
    [navigate],
  )
}
