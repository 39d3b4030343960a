import { Button } from '@/components/button'
import type { CardState } from '@/components/card'
import { useView, useViewActions } from '@/components/view'
import { setFilter } from '@/lib/filters'

/** Nothing left: says which filters are set, and offers to drop the last one. */
export function useEmptyState(state: CardState, isEmpty: boolean): CardState {
  const { filters, range } = useView()
  const { setFilters } = useViewActions()
  if (state.kind !== 'shown' || !isEmpty) return state
  const last = filters.at(-1)
  if (!last) {
    return {
      kind: 'empty',
      title: `Nothing in ${range.label.toLowerCase()}`,
      detail: 'Choose a longer period.',
    }
  }
  return {
    kind: 'empty',
    title: 'Nothing matches these filters',
    detail: `${filters.length} ${filters.length === 1 ? 'filter is' : 'filters are'} set for ${range.label.toLowerCase()}.`,
    actions: (
      <Button
        onClick={() => {
          setFilters(setFilter(filters, { ...last, values: [] }))
        }}
      >
        Drop {last.field.replaceAll('_', ' ')}
      </Button>
    ),
  }
}
