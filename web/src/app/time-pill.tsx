import { Popover } from '@mantine/core'
import {
  IconCalendar,
  IconChevronDown,
  IconChevronLeft,
  IconChevronRight,
} from '@tabler/icons-react'
import { useState } from 'react'

import { useWorkspace } from '@/api/workspace'
import { Button } from '@/components/button'
import menu from '@/components/menu.module.css'
import { useView, useViewActions } from '@/components/view'
import { cx } from '@/lib/class-names'
import { addDays, formatSpan, isDay } from '@/lib/dates'
import { PRESETS, resolveTime, stepTime } from '@/lib/time-range'

import styles from './top-bar.module.css'

export function TimePill() {
  const [open, setOpen] = useState(false)
  const { range } = useView()
  const { setTime } = useViewActions()
  const { data } = useWorkspace()
  const last = addDays(range.to, -1)
  const custom = range.key.includes('..')
  const latest = data.to !== null && last === data.to
  return (
    <Popover
      opened={open}
      onChange={setOpen}
      position="bottom-start"
      width={280}
      transitionProps={{ duration: 90 }}
      classNames={{ dropdown: menu.dropdown ?? '' }}
      trapFocus
      returnFocus
    >
      <Popover.Target>
        <div className={styles.pill} role="group" aria-label="Time">
          <button
            type="button"
            className={styles.step}
            aria-label="Earlier"
            title={`Step back by ${range.noun}`}
            disabled={range.key === 'all' || (data.from !== null && range.from <= data.from)}
            onClick={() => {
              setTime(stepTime(range, -1))
            }}
          >
            <IconChevronLeft size={16} stroke={1.5} aria-hidden="true" />
          </button>
          <button
            type="button"
            className={styles.step}
            aria-label="Later"
            title={`Step forward by ${range.noun}`}
            disabled={range.key === 'all' || (data.to !== null && last >= data.to)}
            onClick={() => {
              setTime(stepTime(range, 1))
            }}
          >
            <IconChevronRight size={16} stroke={1.5} aria-hidden="true" />
          </button>
          <button
            type="button"
            aria-haspopup="dialog"
            aria-expanded={open}
            onClick={() => {
              setOpen((old) => !old)
            }}
          >
            <IconCalendar size={14} stroke={1.5} aria-hidden="true" className="t3" />
            <b>{range.label}</b>
            {!custom && (
              <span className={`${styles.dates ?? ''} t3 num`}>
                {formatSpan(range.from, last, isOld(last))}
              </span>
            )}
          </button>
          <button
            type="button"
            className={`${styles.asOf ?? ''} t2`}
            tabIndex={-1}
            title={`The latest data are of ${data.to ?? 'no day'}`}
            onClick={() => {
              setOpen((old) => !old)
            }}
          >
            {latest ? 'as of latest data' : 'an earlier period'}
            <IconChevronDown size={14} stroke={1.5} aria-hidden="true" className="t3" />
          </button>
        </div>
      </Popover.Target>
      <Popover.Dropdown className={styles.popover} aria-label="Choose a period">
        <Presets
          chosen={range.key}
          onChoose={(key) => {
            setTime(key)
            setOpen(false)
          }}
        />
        <CustomRange
          key={range.key}
          from={range.from}
          last={last}
          onChoose={(key) => {
            setTime(key)
            setOpen(false)
          }}
        />
      </Popover.Dropdown>
    </Popover>
  )
}

// Without a year, "9 Dec" reads as the December nearest to now.
const isOld = (day: string) => Number(day.slice(0, 4)) < new Date().getFullYear() - 1

function Presets({ chosen, onChoose }: { chosen: string; onChoose: (key: string) => void }) {
  return (
    <div className={styles.presets}>
      {PRESETS.map((preset) => (
        <button
          key={preset.key}
          type="button"
          className={cx(styles.preset, preset.key === chosen && styles.chosen)}
          aria-pressed={preset.key === chosen}
          onClick={() => {
            onChoose(preset.key)
          }}
        >
          {preset.label}
        </button>
      ))}
    </div>
  )
}

function CustomRange(props: { from: string; last: string; onChoose: (key: string) => void }) {
  const [from, setFrom] = useState(props.from)
  const [last, setLast] = useState(props.last)
  const { data } = useWorkspace()
  const sound = isDay(from) && isDay(last) && from <= last
  const key = `${from}..${last}`
  const noun = sound
    ? resolveTime(key, { from, to: last }).noun
    : 'The first day comes before the last'
  return (
    <form
      className={styles.custom}
      onSubmit={(event) => {
        event.preventDefault()
        if (sound) props.onChoose(key)
      }}
    >
      <label>
        First day
        <input
          type="date"
          value={from}
          min={data.from ?? undefined}
          max={data.to ?? undefined}
          onChange={(event) => {
            setFrom(event.target.value)
          }}
        />
      </label>
      <label>
        Last day
        <input
          type="date"
          value={last}
          min={data.from ?? undefined}
          max={data.to ?? undefined}
          onChange={(event) => {
            setLast(event.target.value)
          }}
        />
      </label>
      <div className={styles.customFoot}>
        <span className={styles.expression} title={`t=${key}`}>
          {noun}
        </span>
        <Button type="submit" disabled={!sound}>
          Show these days
        </Button>
      </div>
    </form>
  )
}
