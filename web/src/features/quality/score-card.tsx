import type { Quality } from '@/api/client'
import { Card } from '@/components/card'
import { Tag } from '@/components/tag'
import { cx } from '@/lib/class-names'

import { scoreWords, STATUS_WORDS } from './accounting'
import styles from './quality.module.css'

export function ScoreCard({ quality }: { quality: Quality }) {
  const { score, status } = quality
  return (
    <Card title="Quality score" sub="newest load of each file" span={4}>
      <div className={styles.score}>
        <b className={cx(styles.hero, 'num')}>{score === null ? '–' : score.toFixed(1)}</b>
        {score !== null && <span className={styles.of}>of 100</span>}
        <Tag tone={status === 'unknown' ? 'plain' : status}>{STATUS_WORDS[status]}</Tag>
      </div>
      <div className={cx(styles.words, 'num')}>
        {scoreWords(quality).map((words) => (
          <p key={words}>{words}</p>
        ))}
      </div>
      <ul className={styles.dimensions} aria-label="Score by dimension">
        {quality.dimensions.map((dimension) => (
          <li key={dimension.name}>
            <span>{dimension.name.charAt(0).toUpperCase() + dimension.name.slice(1)}</span>
            <span className={styles.track} aria-hidden="true">
              <i
                className={styles[toneOf(dimension.score)]}
                style={{ width: `${dimension.score ?? 0}%` }}
              />
            </span>
            {dimension.score === null ? (
              <span className="t3">not checked</span>
            ) : (
              <b className="num">{dimension.score.toFixed(1)}</b>
            )}
          </li>
        ))}
      </ul>
    </Card>
  )
}

/** The limits of the badge in the top bar. */
const toneOf = (score: number | null) =>
  score === null || score >= 95 ? 'fine' : score >= 80 ? 'caution' : 'bad'
