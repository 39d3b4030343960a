import type { Icon } from '@tabler/icons-react'
import type { ComponentPropsWithRef } from 'react'

import { cx } from '@/lib/class-names'

import styles from './button.module.css'

export interface ButtonProps extends ComponentPropsWithRef<'button'> {
  kind?: 'plain' | 'primary' | 'quiet'
  icon?: Icon
}

/** A button of 30 px with a verb and its object on it. */
export function Button({ kind = 'plain', icon: Glyph, className, children, ...rest }: ButtonProps) {
  return (
    <button type="button" className={cx(styles.button, styles[kind], className)} {...rest}>
      {Glyph && <Glyph size={14} stroke={1.5} aria-hidden="true" />}
      {children}
    </button>
  )
}
