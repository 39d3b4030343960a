// What the leaderboards are ranked by, and which there are.

import { Menu } from '@mantine/core'
import { IconCheck, IconChevronDown, IconLock, IconPlus } from '@tabler/icons-react'

import type { Dimension, Metric, Workspace } from '@/api/client'
import menu from '@/components/menu.module.css'
import buttons from '@/components/button.module.css'
import { SegmentedControl } from '@/components/segmented-control'
import { cx } from '@/lib/class-names'

import styles from './analytics.module.css'
import { boardable } from './queries'
import type { RankBy } from './search'

const RANK_WORDS: Record<RankBy, string> = {
  value: 'Value',
  change: 'Change',
  contribution: 'Contribution',
}

export function RankBar(props: {
  workspace: Workspace
  chosen: Metric
  rank: RankBy
  ranks: readonly RankBy[]
  boards: readonly Dimension[]
  picked: boolean
  onMetric: (name: string) => void
  onRank: (rank: RankBy) => void
  onBoards: (names: readonly string[]) => void
}) {
  const { workspace, chosen, rank, ranks, onMetric, onRank } = props
  return (
    <div className={styles.rankBar}>
      <span className="t2">Rank by</span>
      <Menu
        position="bottom-start"
        width={240}
        classNames={menu}
        transitionProps={{ duration: 90 }}
      >
        <Menu.Target>
          <button type="button" className={cx(buttons.button, buttons.plain)}>
            <b>{chosen.label}</b>
            <IconChevronDown size={14} stroke={1.5} aria-hidden="true" className="t3" />
          </button>
        </Menu.Target>
        <Menu.Dropdown className={styles.long}>
          {workspace.model.metrics.map((metric) => (
            <Menu.Item
              key={metric.name}
              title={metric.description}
              aria-current={metric === chosen}
              rightSection={<Tick on={metric === chosen} />}
              onClick={() => {
                onMetric(metric.name)
              }}
            >
              {metric.label}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      {ranks.length > 1 && (
        <SegmentedControl
          label="Order of the rows"
          options={ranks.map((value) => ({ value, label: RANK_WORDS[value] }))}
          value={rank}
          onChange={onRank}
        />
      )}
      <span className={styles.space} />
      <DimensionMenu {...props} />
    </div>
  )
}

function DimensionMenu(props: {
  workspace: Workspace
  boards: readonly Dimension[]
  picked: boolean
  onBoards: (names: readonly string[]) => void
}) {
  const { workspace, boards, picked, onBoards } = props
  const names = boards.map((dimension) => dimension.name)
  const toggle = (name: string) => {
    onBoards(names.includes(name) ? names.filter((one) => one !== name) : [...names, name])
  }
  return (
    <Menu
      position="bottom-end"
      width={240}
      classNames={menu}
      closeOnItemClick={false}
      transitionProps={{ duration: 90 }}
    >
      <Menu.Target>
        <button type="button" className={cx(buttons.button, buttons.plain)}>
          <IconPlus size={14} stroke={1.5} aria-hidden="true" />
          Dimension
        </button>
      </Menu.Target>
      <Menu.Dropdown className={styles.long}>
        {boardable(workspace).map((dimension) => (
          <Menu.Item
            key={dimension.name}
            leftSection={
              dimension.pii ? <IconLock size={14} stroke={1.5} aria-label="personal" /> : undefined
            }
            rightSection={<Tick on={names.includes(dimension.name)} />}
            onClick={() => {
              toggle(dimension.name)
            }}
          >
            {dimension.label}
          </Menu.Item>
        ))}
        {picked && (
          <>
            <Menu.Divider />
            <Menu.Item
              onClick={() => {
                onBoards([])
              }}
            >
              Show the usual ones
            </Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  )
}

const Tick = ({ on }: { on: boolean }) =>
  on ? <IconCheck size={14} stroke={1.5} aria-label="shown" /> : null
