import { sentence, type Quality } from '@/api/client'
import { Card } from '@/components/card'
import { countOf, formatCount } from '@/lib/number-format'

import { byCause, columnName, idOf, words, type Run } from './accounting'
import styles from './quality.module.css'

type Reject = Quality['rejects'][number]

const ofRun = <Item extends { run_id: unknown }>(items: readonly Item[], run: Run | null) =>
  run ? items.filter((item) => idOf(item) === idOf(run)) : items

const scope = (run: Run | null) => (run ? run.file_name : 'the newest loads')

export function RejectsCard({ quality, run }: { quality: Quality; run: Run | null }) {
  const groups = byCause(
    ofRun(quality.rejects, run),
    (group) => `${group.code} ${group.column ?? ''}`,
  )
  const total = groups.reduce((sum, group) => sum + group.count, 0)
  return (
    <Card
      title="Rejected records"
      sub={`${countOf(total, 'record')} by cause · ${scope(run)}`}
      span={7}
    >
      {groups.length === 0 ? (
        <p className={styles.none}>{nothing(run, run?.rejected ?? 0, 'rejected')}</p>
      ) : (
        <ul className={styles.causes} tabIndex={0} aria-label="Causes of rejects">
          {groups.map((group) => (
            <Cause key={`${group.table} ${group.cause}`} group={group.first} count={group.count} />
          ))}
        </ul>
      )}
    </Card>
  )
}

function Cause({ group, count }: { group: Reject; count: number }) {
  const { example } = group
  return (
    <li>
      <b className="num">{formatCount(count)}</b>
      <div>
        <p className={styles.cause}>
          <code>{columnName(group.table, group.column)}</code> {words(group.code)}
        </p>
        {example && (
          <p className={styles.example}>
            {sentence(example.message)} Found{' '}
            {example.value === null || example.value === '' ? (
              'nothing'
            ) : (
              <code>{example.value}</code>
            )}{' '}
            in {example.file}
            {example.line !== null && `, line ${formatCount(example.line)}`}.
          </p>
        )}
      </div>
    </li>
  )
}

export function SkippedCard({ quality, run }: { quality: Quality; run: Run | null }) {
  const groups = byCause(ofRun(quality.skipped, run), (group) => group.reason)
  const total = groups.reduce((sum, group) => sum + group.count, 0)
  return (
    <Card
      title="Skipped records"
      sub={`${countOf(total, 'record')} by reason · ${scope(run)}`}
      span={5}
    >
      {groups.length === 0 ? (
        <p className={styles.none}>{nothing(run, run?.skipped ?? 0, 'skipped')}</p>
      ) : (
        <ul className={styles.causes} tabIndex={0} aria-label="Reasons of skips">
          {groups.map((group) => (
            <li key={`${group.table} ${group.cause}`}>
              <b className="num">{formatCount(group.count)}</b>
              <div>
                <p className={styles.cause}>
                  <code>{group.table}</code> {words(group.cause)}
                </p>
              </div>
            </li>
          ))}
        </ul>
      )}
    </Card>
  )
}

/** An older load may have rejected records whose causes a newer one has taken from the list. */
function nothing(run: Run | null, count: number, verb: string): string {
  if (count > 0)
    return `This load ${verb} ${countOf(count, 'record')}; causes are listed for the newest load of each file only.`
  return run ? `This load ${verb} nothing.` : `Nothing was ${verb}.`
}
