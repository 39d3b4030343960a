import type { Quality, Value } from '@/api/client'
import { Card } from '@/components/card'
import { DataTable } from '@/components/data-table'
import { Tag } from '@/components/tag'
import { formatInstant } from '@/lib/dates'

import { ageText, promiseOf } from './history'
import styles from './quality.module.css'

const instant = (value: Value) =>
  typeof value === 'string' ? <span title={value}>{formatInstant(value)}</span> : '–'
const age = (value: Value) => ageText(typeof value === 'number' ? value : null)

export function FreshnessCard({ freshness }: { freshness: Quality['freshness'] }) {
  const promised = freshness.filter((feed) => feed.lag_seconds !== null)
  const late = promised.filter((feed) => feed.score === null || feed.score < 100)
  return (
    <Card
      title="Freshness"
      sub={
        promised.length === 0
          ? 'no source has promised a lag'
          : `${late.length} of ${promised.length} promised feeds late`
      }
      span={6}
    >
      {freshness.length === 0 ? (
        <p className={styles.none}>Nothing has been loaded.</p>
      ) : (
        <DataTable
          label="How fresh the data of each source are"
          columns={[
            { name: 'feed', label: 'Source', type: 'text' },
            { name: 'newest', label: 'Newest', type: 'instant', render: instant },
            { name: 'age', label: 'Age', type: 'text', render: age },
            { name: 'lag', label: 'Promised', type: 'text', render: age },
            {
              name: 'state',
              label: 'Says',
              type: 'text',
              render: (value) => {
                const feed = freshness[Number(value)]
                if (!feed) return null
                const { words, tone } = promiseOf(feed)
                return <Tag tone={tone}>{words}</Tag>
              },
            },
          ]}
          rows={freshness.map((feed, index): Value[] => [
            feed.source_id === feed.table ? feed.table : `${feed.source_id} · ${feed.table}`,
            feed.newest_at,
            feed.age_seconds,
            feed.lag_seconds,
            index,
          ])}
          maxHeight={300}
          compact
        />
      )}
    </Card>
  )
}
