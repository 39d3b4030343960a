// What a load would do, or did, and what can be done about it: publish, take back.

import { IconCheck } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'

import { api, sentence, unwrap } from '@/api/client'
import { useJob } from '@/api/jobs'
import { Button } from '@/components/button'
import { cx } from '@/lib/class-names'
import { countOf, formatCount } from '@/lib/number-format'

import { columnName, words } from './accounting'
import styles from './add-file.module.css'
import { figuresOf, figureWords, type FileRuns, type RunRow } from './uploads'

const SHOWN_CAUSES = 4
// The server takes a change only as JSON, also where there is nothing to say.
const JSON_BODY = { body: {} as never }

export function Decision({ file, standing }: { file: string; standing: FileRuns }) {
  const client = useQueryClient()
  const { phase, runId, tables } = standing
  const path = { id: runId ?? 0 }
  const publish = useJob(
    async () =>
      unwrap(await api.POST('/api/v1/runs/{id}/publish', { params: { path }, ...JSON_BODY }))
        .job_id,
    () => client.invalidateQueries(),
  )
  const undo = useMutation({
    mutationFn: async () =>
      unwrap(await api.POST('/api/v1/runs/{id}/undo', { params: { path }, ...JSON_BODY })),
    onSuccess: () => client.invalidateQueries(),
  })
  if (phase === 'mapping' || runId === null) return null
  const error = publish.error ?? undo.error
  return (
    <div className={styles.decision} role="status" aria-label={`Load of ${file}`}>
      <div className={styles.told}>
        <p className={styles.headline}>
          {phase === 'published' && (
            <IconCheck size={16} stroke={1.5} className="good" aria-hidden="true" />
          )}
          {headline(phase, runId)}
        </p>
        {tables.map((run) => (
          <Figures key={run.table} run={run} />
        ))}
        {phase === 'published' && tables.some((run) => run.rejected > 0) && <Causes run={runId} />}
        {error && <p className={styles.problem}>{sentence(error.message)}</p>}
      </div>
      <div className={styles.actions}>
        {phase === 'preview' && (
          <Button kind="primary" disabled={publish.running} onClick={publish.start}>
            {publish.running ? 'Publishing' : 'Publish the load'}
          </Button>
        )}
        {phase === 'published' && (
          <>
            <Link className="link" to="/quality" search={(old) => ({ ...old, run: String(runId) })}>
              Show it among the loads
            </Link>
            <Button
              disabled={undo.isPending}
              onClick={() => {
                undo.mutate()
              }}
            >
              {undo.isPending ? 'Undoing' : 'Undo the load'}
            </Button>
          </>
        )}
      </div>
    </div>
  )
}

function headline(phase: FileRuns['phase'], runId: number): string {
  if (phase === 'published') return `Published as load ${runId}. All pages show it.`
  if (phase === 'undone')
    return `Load ${runId} was taken back. The pages are as they were before it.`
  return 'This is what the load would do. Nothing has changed yet.'
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

function Figures({ run }: { run: RunRow }) {
  const label = capital(words(run.table))
  return (
    <dl className={styles.figures} aria-label={`${label}: ${figureWords(run)}`}>
      <div className={styles.tableName}>
        <dt>{label}</dt>
        <dd className="num">{countOf(run.found, 'record')}</dd>
      </div>
      {figuresOf(run).map(({ label: name, count, bad }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd className={cx('num', count === 0 && styles.zero, bad === true && 'bad')}>
            {formatCount(count)}
          </dd>
        </div>
      ))}
    </dl>
  )
}

/** Why records were refused, the most frequent cause first. */
function Causes({ run }: { run: number }) {
  const { data } = useQuery({
    queryKey: ['upload', 'rejects', run],
    queryFn: async ({ signal }) =>
      unwrap(await api.GET('/api/v1/rejects', { params: { query: { run, limit: 0 } }, signal })),
  })
  const causes = data?.causes ?? []
  if (causes.length === 0) return null
  return (
    <ul className={styles.causes} aria-label="Why records are rejected">
      {causes.slice(0, SHOWN_CAUSES).map((cause) => (
        <li key={`${cause.table} ${cause.column} ${cause.code}`}>
          <b className="num">{formatCount(cause.count)}</b>{' '}
          <code>{columnName(cause.table, cause.column)}</code> {words(cause.code)}
          <span>
            {' '}
            such as{' '}
            {cause.example.value === null || cause.example.value === ''
              ? 'nothing'
              : `“${cause.example.value}”`}{' '}
            on line {formatCount(cause.example.line)}
          </span>
        </li>
      ))}
      {causes.length > SHOWN_CAUSES && (
        <li>{formatCount(causes.length - SHOWN_CAUSES)} more causes</li>
      )}
    </ul>
  )
}
