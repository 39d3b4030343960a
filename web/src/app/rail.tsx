import { Menu } from '@mantine/core'
import { IconDeviceDesktop, IconDots, IconMoon, IconSun } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'

import type { Workspace } from '@/api/client'
import menu from '@/components/menu.module.css'
import { cx } from '@/lib/class-names'
import { chooseScheme, useSchemeChoice, type SchemeChoice } from '@/lib/color-scheme'
import type { ViewSearch } from '@/lib/view-search'

import brand from './brand.svg'
import { PAGES, type Page } from './pages'
import styles from './rail.module.css'

// The view goes along from page to page; what belongs to one page stays behind.
const keepView = ({ t, vs, f }: ViewSearch): ViewSearch => ({ t, vs, f })

const SCHEMES: { value: SchemeChoice; label: string; icon: typeof IconSun }[] = [
  { value: 'light', label: 'Light', icon: IconSun },
  { value: 'dark', label: 'Dark', icon: IconMoon },
  { value: 'system', label: 'As the system', icon: IconDeviceDesktop },
]

export function Rail({ workspace, mini }: { workspace: Workspace | undefined; mini: boolean }) {
  return (
    <nav className={cx(styles.rail, mini && styles.mini)} aria-label="Pages">
      <Link
        to="/"
        search={keepView}
        className={styles.brand}
        aria-label="Customer Intelligence, executive dashboard"
      >
        <img src={brand} alt="" width={24} height={24} />
        <span>Customer Intelligence</span>
      </Link>
      <div className={styles.nav}>
        {PAGES.map((page) => (
          <RailLink
            key={page.to}
            page={page}
            alerts={page.to === '/quality' ? (workspace?.quality.alerts ?? 0) : 0}
          />
        ))}
      </div>
      <div className={styles.who}>
        {workspace && (
          <>
            <span
              className={styles.avatar}
              title={`${workspace.user.name}, role: ${workspace.user.role}`}
            >
              {initials(workspace.user.name)}
            </span>
            <span className={styles.name}>
              <b>{workspace.user.name}</b>
              <span className="t3">Role: {workspace.user.role}</span>
            </span>
          </>
        )}
        <ThemeMenu />
      </div>
    </nav>
  )
}

function RailLink({ page, alerts }: { page: Page; alerts: number }) {
  const Glyph = page.icon
  return (
    <Link
      to={page.to}
      search={keepView}
      className={styles.item}
      activeProps={{ className: styles.on ?? '' }}
      activeOptions={{ exact: page.to === '/', includeSearch: false }}
      title={page.label}
    >
      <Glyph size={18} stroke={1.5} aria-hidden="true" />
      <span className={styles.text}>{page.label}</span>
      {alerts > 0 && (
        <span
          className={styles.badge}
          title={`${alerts} open ${alerts === 1 ? 'alert' : 'alerts'}`}
        >
          {alerts}
        </span>
      )}
    </Link>
  )
}

export const initials = (name: string) =>
  name
    .split(/\s+/)
    .slice(0, 2)
    .map((word) => word.charAt(0).toUpperCase())
    .join('')

function ThemeItems() {
  const choice = useSchemeChoice()
  return SCHEMES.map(({ value, label, icon: Glyph }) => (
    <Menu.Item
      key={value}
      leftSection={<Glyph size={16} stroke={1.5} />}
      aria-current={choice === value}
      rightSection={choice === value ? <span className="t3">chosen</span> : undefined}
      onClick={() => {
        chooseScheme(value)
      }}
    >
      {label}
    </Menu.Item>
  ))
}

function ThemeMenu() {
  return (
    <Menu position="top-start" width={180} classNames={menu} transitionProps={{ duration: 90 }}>
      <Menu.Target>
        <button type="button" className={styles.theme} aria-label="Theme" title="Theme (d)">
          <IconMoon size={16} stroke={1.5} aria-hidden="true" />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <ThemeItems />
      </Menu.Dropdown>
    </Menu>
  )
}

/** The bar of a phone: four pages, and the rest behind More. */
export function BottomBar() {
  return (
    <nav className={styles.bottom} aria-label="Pages">
      {PAGES.slice(0, 4).map((page) => {
        const Glyph = page.icon
        return (
          <Link
            key={page.to}
            to={page.to}
            search={keepView}
            activeProps={{ className: styles.bottomOn ?? '' }}
            activeOptions={{ exact: page.to === '/', includeSearch: false }}
          >
            <Glyph size={20} stroke={1.5} aria-hidden="true" />
            {page.short}
          </Link>
        )
      })}
      <Menu position="top-end" width={200} classNames={menu} transitionProps={{ duration: 90 }}>
        <Menu.Target>
          <button type="button">
            <IconDots size={20} stroke={1.5} aria-hidden="true" />
            More
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          {PAGES.slice(4).map((page) => {
            const Glyph = page.icon
            return (
              <Menu.Item
                key={page.to}
                leftSection={<Glyph size={16} stroke={1.5} />}
                renderRoot={(props: object) => <Link {...props} to={page.to} search={keepView} />}
              >
                {page.label}
              </Menu.Item>
            )
          })}
          <Menu.Divider />
          <ThemeItems />
        </Menu.Dropdown>
      </Menu>
    </nav>
  )
}
