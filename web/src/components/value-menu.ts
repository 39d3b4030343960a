// The menu of one value of a dimension: its rows, a filter to it, a filter against it.

import { IconBan, IconFilter, IconListSearch } from '@tabler/icons-react'

import type { Value } from '@/api/client'
import { filterValue } from '@/api/query'

import { useMarkMenu, type MarkAction } from './mark-menu'
import { useRows } from './rows'
import { useViewActions } from './view'

export const seeRows = (run: () => void): MarkAction => ({
  icon: IconListSearch,
  label: 'See the rows behind it',
  run,
})

/** Ctrl and a click exclude at once, without the menu. */
export function useValueMenu(metric: string, dimension: string) {
  const onMenu = useMarkMenu()
  const { open } = useRows()
  const { toggleFilter } = useViewActions()
  return (mark: { label: string; detail: string; at: Value }, exclude = false) => {
    const value = filterValue(mark.at)
    const toggle = (without: boolean) => () => {
      toggleFilter(dimension, value, without)
    }
    if (exclude) {
      toggle(true)()
      return
    }
    onMenu({
      name: mark.label,
      detail: mark.detail,
      actions: [
        seeRows(() => {
          open(metric, [[dimension, mark.at]])
        }),
        { icon: IconFilter, label: `Filter to ${mark.label}`, run: toggle(false) },
        {
          icon: IconBan,
          label: `Exclude ${mark.label}`,
          keys: 'Ctrl',
          run: toggle(true),
        },
      ],
    })
  }
}
