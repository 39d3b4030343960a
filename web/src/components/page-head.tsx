import { IconBolt } from '@tabler/icons-react'
import { Fragment, type ReactNode } from 'react'

import { countOf } from '@/lib/number-format'

import styles from './page-head.module.css'

/** A sentence whose parts in ** are numbers to remember: "Revenue grew **8.1 %**." */
export function NewsText({ text }: { text: string }) {
  return text
    .split('**')
    .map((part, index) =>
      index % 2 === 1 ? <b key={index}>{part}</b> : <Fragment key={index}>{part}</Fragment>,
    )
}

export function PageHead(props: {
  title: string
  news?: string | null | undefined // One sentence or two a leader could repeat; ** marks numbers.
  rowsRead?: number | null
  elapsedMs?: number | null
  children?: ReactNode // Buttons at the right.
}) {
  const { title, news, rowsRead, elapsedMs, children } = props
  return (
    <div className={styles.head}>
      <div>
        <h1>{title}</h1>
        {news !== undefined && (
          <p className="num">{news === null ? '\u00a0' : <NewsText text={news} />}</p>
        )}
      </div>
      {children !== undefined && <div className={styles.actions}>{children}</div>}
      {rowsRead !== undefined && <Cost rowsRead={rowsRead} elapsedMs={elapsedMs ?? null} />}
    </div>
  )
}

/** What the numbers of the page cost: rows read and time. */
export function Cost({
  rowsRead,
  elapsedMs,
}: {
  rowsRead: number | null
  elapsedMs: number | null
}) {
  if (rowsRead === null || elapsedMs === null) return null
  const ms = elapsedMs < 10 ? elapsedMs.toFixed(1) : elapsedMs.toFixed(0)
  return (
    <div className={`${styles.cost ?? ''} num`}>
      <IconBolt size={14} stroke={1.5} aria-hidden="true" />
      {countOf(rowsRead, 'row')} in {ms}&nbsp;ms
    </div>
  )
}
