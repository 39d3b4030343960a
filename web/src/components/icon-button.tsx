import type { Icon } from '@tabler/icons-react'
import type { ComponentPropsWithRef } from 'react'

import { cx } from '@/lib/class-names'

import styles from './button.module.css'

export interface IconButtonProps extends Omit<ComponentPropsWithRef<'button'>, 'children'> {
  icon: Icon
  label: string // Also the tooltip.
  small?: boolean
  on?: boolean
}

/** A square button with an icon: 30 px, or 26 px inside cards. */
export function IconButton({
  icon: Glyph,
  label,
  small = false,
  on,
  className,
  ...rest
}: IconButtonProps) {
  return (
    <button
      type="button"
      className={cx(styles.icon, small && styles.small, on && styles.on, className)}
      aria-label={label}
      aria-pressed={on}
      title={label}
      {...rest}
    >
      <Glyph size={small ? 14 : 16} stroke={1.5} aria-hidden="true" />
    </button>
  )
}
