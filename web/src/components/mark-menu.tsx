// What can be done with a mark of a chart or a row of a ranking: a menu beside it. One for the
// whole page, opened through useMarkMenu().

import { Menu } from '@mantine/core'
import type { Icon } from '@tabler/icons-react'
import { createContext, use, useCallback, useEffect, useRef, useState, type ReactNode } from 'react'

import { rememberFocus, returnFocus } from './focus-origin'
import styles from './mark-menu.module.css'
import menu from './menu.module.css'

export interface MarkAction {
  icon: Icon
  label: string
  keys?: string // Told at the right of it.
  run: () => void
}

export interface Mark {
  name: string
  detail?: string // Its value, and what it rests on.
  actions: readonly MarkAction[]
}

const MarkMenuContext = createContext<(mark: Mark) => void>(() => undefined)

/** Opens the menu of a mark, beside the pointer or what has the focus. */
export const useMarkMenu = () => use(MarkMenuContext)

interface Place {
  x: number
  y: number
}

export function MarkMenuProvider({ children }: { children: ReactNode }) {
  const [mark, setMark] = useState<Mark | null>(null)
  const [place, setPlace] = useState<Place>({ x: 0, y: 0 })
  const pointer = useRef<Place | null>(null) // null: the last thing used was a key.
  useEffect(() => {
    const down = (event: PointerEvent) => {
      pointer.current = { x: event.clientX, y: event.clientY }
    }
    const press = () => {
      pointer.current = null
    }
    window.addEventListener('pointerdown', down, true)
    window.addEventListener('keydown', press, true)
    return () => {
      window.removeEventListener('pointerdown', down, true)
      window.removeEventListener('keydown', press, true)
    }
  }, [])
  const open = useCallback((next: Mark) => {
    rememberFocus()
    setPlace(pointer.current ?? besideFocus())
    setMark(next)
  }, [])
  const close = () => {
    setMark(null)
  }
  return (
    <MarkMenuContext value={open}>
      {children}
      <Menu
        opened={mark !== null}
        onClose={() => {
          close()
          // Unless what was chosen has taken the focus: the panel of rows does.
          window.setTimeout(() => {
            if (document.querySelector('dialog[open]') === null) returnFocus()
          })
        }}
        position="right-start"
        width={248}
        offset={4}
        classNames={menu}
        transitionProps={{ duration: 90 }}
        returnFocus={false}
        withInitialFocusPlaceholder={false}
      >
        <Menu.Target>
          <span
            key={`${place.x} ${place.y}`}
            className={styles.anchor}
            aria-hidden="true"
            style={{ left: place.x, top: place.y }}
          />
        </Menu.Target>
        <Menu.Dropdown aria-label={mark ? `Menu of ${mark.name}` : undefined}>
          {mark && (
            <div className={styles.head}>
              <b>{mark.name}</b>
              {mark.detail !== undefined && <span className="num">{mark.detail}</span>}
            </div>
          )}
          {mark?.actions.map(({ icon: Glyph, label, keys, run }, index) => (
            <Menu.Item
              key={label}
              leftSection={<Glyph size={16} stroke={1.5} aria-hidden="true" />}
              rightSection={
                keys === undefined ? undefined : <kbd className={styles.key}>{keys}</kbd>
              }
              onClick={run}
              {...(index === 0 ? { 'data-autofocus': true } : {})}
            >
              {label}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </MarkMenuContext>
  )
}

/** The right end of what has the focus: of a tall drawing, its upper part. */
function besideFocus(): Place {
  const box = document.activeElement?.getBoundingClientRect()
  if (!box) return { x: 0, y: 0 }
  return { x: box.left + box.width / 2, y: box.top + Math.min(box.height, 64) / 2 }
}
