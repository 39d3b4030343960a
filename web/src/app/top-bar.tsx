import { Menu } from '@mantine/core'
import { IconArrowsLeftRight, IconDownload, IconHelp } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'

import type { Workspace } from '@/api/client'
import { IconButton } from '@/components/icon-button'
import menu from '@/components/menu.module.css'
import type { PageExport } from '@/components/page-export'
import { useView, useViewActions } from '@/components/view'
import { cx } from '@/lib/class-names'
import { formatDay } from '@/lib/dates'
import { download, fileStem } from '@/lib/download'
import { comparedSpan, type Comparison } from '@/lib/time-range'

import { FilterBar } from './filter-bar'
import { TimePill } from './time-pill'
import styles from './top-bar.module.css'

export function TopBar(props: {
  workspace: Workspace
  offer: PageExport | null
  onHelp: () => void
}) {
  const { workspace, offer, onHelp } = props
  return (
    <header className={styles.bar}>
      <TimePill />
      <div className={styles.second}>
        <ComparePill />
        <FilterBar />
      </div>
      <span className={styles.space} />
      <QualityBadge workspace={workspace} />
      <IconButton
        icon={IconDownload}
        label={offer ? `Save ${offer.label} as CSV` : 'Nothing to save on this page'}
        disabled={!offer}
        onClick={() => {
          if (offer) download(offer.href, `${fileStem(offer.label)}.csv`)
        }}
      />
      <IconButton
        icon={IconHelp}
        label="Keys and help (?)"
        className={styles.help}
        onClick={onHelp}
      />
    </header>
  )
}

function ComparePill() {
  const { range, comparison, compared } = useView()
  const { setComparison } = useViewActions()
  const options: { value: Comparison; label: string }[] = [
    { value: 'prev', label: comparedSpan(range, 'prev')?.label ?? 'previous period' },
    { value: 'year', label: 'a year before' },
    { value: 'none', label: 'no comparison' },
  ]
  return (
    <div className={styles.pill}>
      <Menu
        position="bottom-start"
        width={220}
        classNames={menu}
        transitionProps={{ duration: 90 }}
      >
        <Menu.Target>
          <button type="button" title="Compare with">
            <IconArrowsLeftRight size={14} stroke={1.5} aria-hidden="true" className="t3" />
            {compared ? (
              <>
                <span className="t2">vs</span> {compared.label}
              </>
            ) : (
              <span className="t2">no comparison</span>
            )}
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          {options.map((option) => (
            <Menu.Item
              key={option.value}
              aria-current={option.value === comparison}
              rightSection={
                option.value === comparison ? <span className="t3">chosen</span> : undefined
              }
              disabled={range.key === 'all' && option.value !== 'none'}
              onClick={() => {
                setComparison(option.value)
              }}
            >
              {option.label.charAt(0).toUpperCase() + option.label.slice(1)}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </div>
  )
}

const TONES = {
  good: styles.good,
  caution: styles.caution,
  bad: styles.bad,
  unknown: styles.unknown,
}

function QualityBadge({ workspace }: { workspace: Workspace }) {
  const { quality, data } = workspace
  const upTo = data.to === null ? 'No data' : `Data to ${formatDay(data.to)}`
  const score = quality.score === null ? 'not scored' : quality.score.toFixed(0)
  return (
    <Link
      to="/quality"
      search={({ t, vs, f }) => ({ t, vs, f })}
      className={cx(styles.quality, TONES[quality.status], 'num')}
      title={`${upTo}, quality ${score}, ${quality.alerts} open alerts`}
    >
      <i aria-hidden="true" />
      <span className={styles.qualityWords}>{upTo} · quality</span>
      <b>{score}</b>
    </Link>
  )
}
