// The table twin of a curve of shares: so many of the customers, so much of the whole.

import type { TableColumn } from '@/components/data-table'

export const sharesTable = (
  holders: string,
  rows: readonly [holders: number, share: number][],
): { columns: TableColumn[]; rows: readonly [number, number][] } => ({
  columns: [
    { name: 'holders', label: holders, type: 'number', unit: 'percent' },
    { name: 'share', label: 'Share', type: 'number', unit: 'percent' },
  ],
  rows,
})
