import type { Quality } from '@/api/client'
import { DriverBars } from '@/charts/driver-bars'
import { Card } from '@/components/card'
import { formatInstant } from '@/lib/dates'

import { changeParts, pointsText } from './history'
import styles from './quality.module.css'

const toneOf = (points: number) => (points > 0 ? 'good' : points < 0 ? 'bad' : 'flat')

/** The newest load of a source against the one before it, split by rule. */
export function ChangeCard({ quality, source }: { quality: Quality; source: string | null }) {
  const change = quality.changes.find((one) => one.source_id === source)
  if (!change)
    return (
      <Card title="What changed" sub="the newest load against the one before it" span={6}>
        <p className={styles.none}>A change needs two loads of one source.</p>
      </Card>
    )
  const parts = changeParts(change)
  return (
    <Card
      title="What changed"
      sub={`${change.source_id}: load ${change.run_id} of ${formatInstant(change.at)} against load ${change.against}`}
      span={6}
    >
      {change.points === null || change.score === null || change.score_before === null ? (
        <p className={styles.none}>One of the two loads has no score.</p>
      ) : (
        <>
          <p className={styles.news}>
            From {change.score_before.toFixed(1)} to {change.score.toFixed(1)}:{' '}
            <b className="num">{pointsText(change.points)}</b> points
            {parts.length > 0 && ', which is the sum of what each rule moved'}.
          </p>
          {parts.length === 0 ? (
            <p className={styles.none}>No rule moved.</p>
          ) : (
            <DriverBars
              title={`What moved the score of ${change.source_id}`}
              drivers={parts.map((part) => ({
                label: part.label,
                change: part.change,
                text: pointsText(part.change),
                tone: toneOf(part.change),
              }))}
            />
          )}
        </>
      )}
    </Card>
  )
}
