import type { ReactNode } from 'react'

import { cx } from '@/lib/class-names'

import styles from './tag.module.css'

export type TagTone = 'plain' | 'good' | 'caution' | 'bad' | 'primary'

/** A word with a tint behind it. */
export function Tag({ tone = 'plain', children }: { tone?: TagTone; children: ReactNode }) {
  return <span className={cx(styles.tag, styles[tone])}>{children}</span>
}
