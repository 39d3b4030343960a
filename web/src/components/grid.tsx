import type { ReactNode } from 'react'

import { cx } from '@/lib/class-names'

import styles from './grid.module.css'

/** Columns of twelve. Under 1200 px cards take the full width, KPI cards half of it. */
export type Span = 3 | 4 | 5 | 6 | 7 | 8 | 9 | 12

export function Grid({ children, dimmed = false }: { children: ReactNode; dimmed?: boolean }) {
  return <div className={cx(styles.grid, dimmed && styles.dimmed)}>{children}</div>
}

export const spanClass = (span: Span | undefined, kpi = false) =>
  cx(span !== undefined && styles[`c${span}`], kpi && styles.kpi)
