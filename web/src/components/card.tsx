// The card and its four states. It keeps its height in all of them, and old values stay, dimmed,
// until new ones arrive.

import { IconAlertTriangle, IconFilter2, IconLock } from '@tabler/icons-react'
import { useEffect, useState, type ReactNode } from 'react'

import { ApiError, sentence } from '@/api/client'
import type { CardAnswer } from '@/api/page-queries'
import { cx } from '@/lib/class-names'

import { Button } from './button'
import styles from './card.module.css'
import { spanClass, type Span } from './grid'

export type CardState =
  | { kind: 'shown'; stale?: boolean }
  | { kind: 'loading' }
  | { kind: 'empty'; title: string; detail?: string; actions?: ReactNode }
  | { kind: 'refused'; title: string; detail?: string }
  | { kind: 'failed'; title: string; detail: string; retry?: () => void }

/** The state of a card that rests on these answers: the worst of them. */
export function cardState(...answers: CardAnswer[]): CardState {
  for (const answer of answers)
    if (answer.state === 'failed') return failure(answer.error, answer.retry)
  if (answers.some((answer) => answer.state === 'loading')) return { kind: 'loading' }
  return {
    kind: 'shown',
    stale: answers.some((answer) => answer.state === 'shown' && answer.stale),
  }
}

/** The state of a card that rests on a query of its own. */
export function queryState(query: {
  error: Error | null
  isPending: boolean
  isPlaceholderData?: boolean
  refetch: () => unknown
}): CardState {
  if (query.error) return failure(query.error, () => void query.refetch())
  if (query.isPending) return { kind: 'loading' }
  return { kind: 'shown', stale: query.isPlaceholderData ?? false }
}

function failure(error: Error, retry: () => void): CardState {
  if (!(error instanceof ApiError)) {
    const detail = 'The server could not be reached. Nothing is lost; run it again once it is up.'
    return { kind: 'failed', title: 'No answer from the server', detail, retry }
  }
  const detail = sentence(error.message)
  switch (error.code) {
    case 'forbidden':
      return { kind: 'refused', title: 'Your role may not see this', detail }
    case 'undefined':
      return { kind: 'empty', title: 'These data have no answer to this', detail }
    case 'invalid_argument':
    case 'not_found':
    case 'conflict':
    case 'limit_exceeded':
      return { kind: 'failed', title: 'This could not be answered', detail }
    case 'unavailable':
    case 'internal':
      return { kind: 'failed', title: 'This could not be answered now', detail, retry }
  }
}

export interface CardProps {
  title: ReactNode
  sub?: ReactNode // n = ... · period
  span?: Span
  state?: CardState
  tools?: ReactNode // Stands at the right of the title.
  height?: number // Of the body, so that the card does not jump between its states.
  children?: ReactNode
  className?: string | undefined
  flush?: boolean // The body draws up to the edges: tables.
}

export function Card(props: CardProps) {
  const {
    title,
    sub,
    span,
    state = { kind: 'shown' },
    tools,
    height,
    children,
    className,
    flush,
  } = props
  return (
    <section
      className={cx(styles.card, spanClass(span), className, isStale(state) && styles.again)}
      aria-busy={state.kind === 'loading' || isStale(state)}
    >
      <header className={styles.head}>
        <div className={styles.titles}>
          <h2>{title}</h2>
          {sub !== undefined && <div className={`${styles.sub ?? ''} num`}>{sub}</div>}
        </div>
        {tools}
      </header>
      <div className={cx(styles.body, flush && styles.flush)} style={{ minHeight: height }}>
        <CardBody state={state} height={height}>
          {children}
        </CardBody>
      </div>
    </section>
  )
}

const isStale = (state: CardState) => state.kind === 'shown' && state.stale === true

export function CardBody(props: {
  state: CardState
  height?: number | undefined
  children: ReactNode
}) {
  const { state, height = 160, children } = props
  switch (state.kind) {
    case 'shown':
      return children
    case 'loading':
      return <Skeleton height={height} />
    case 'empty':
      return (
        <Message
          icon={<IconFilter2 size={16} stroke={1.5} />}
          title={state.title}
          detail={state.detail}
        >
          {state.actions}
        </Message>
      )
    case 'refused':
      return (
        <Message
          icon={<IconLock size={16} stroke={1.5} />}
          title={state.title}
          detail={state.detail}
        />
      )
    case 'failed':
      return (
        <Message
          icon={<IconAlertTriangle size={16} stroke={1.5} />}
          title={state.title}
          detail={state.detail}
          alert
        >
          {state.retry && <Button onClick={state.retry}>Run again</Button>}
        </Message>
      )
  }
}

function Message(props: {
  icon: ReactNode
  title: string
  detail?: string | undefined
  alert?: boolean
  children?: ReactNode
}) {
  return (
    <div className={styles.message} role={props.alert === true ? 'alert' : undefined}>
      <span className={styles.icon} aria-hidden="true">
        {props.icon}
      </span>
      <b>{props.title}</b>
      {props.detail !== undefined && <span>{props.detail}</span>}
      {Boolean(props.children) && <div className={styles.actions}>{props.children}</div>}
    </div>
  )
}

/** A grey shape of what will come, but only when it takes longer than 150 ms to come. */
export function Skeleton({ height, kpi = false }: { height?: number; kpi?: boolean }) {
  const [late, setLate] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => {
      setLate(true)
    }, 150)
    return () => {
      clearTimeout(timer)
    }
  }, [])
  if (!late) return <div style={{ height }} />
  if (kpi) {
    return (
      <>
        <i className={cx(styles.bone, styles.boneValue)} />
        <i className={cx(styles.bone, styles.boneDelta)} />
        <i className={cx(styles.bone, styles.boneSpark)} />
      </>
    )
  }
  return <i className={styles.bone} style={{ height }} />
}
