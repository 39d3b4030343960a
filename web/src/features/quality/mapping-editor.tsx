// The mapping of a new file, as text: proposed, corrected by hand, its errors beside their lines.

import { useDebouncedValue } from '@mantine/hooks'
import { IconAlertTriangle, IconCheck } from '@tabler/icons-react'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useId } from 'react'

import { api, sentence, unwrap } from '@/api/client'
import type { JobProgress } from '@/api/jobs'
import { Button } from '@/components/button'
import { CardBody, type CardState } from '@/components/card'
import { cx } from '@/lib/class-names'

import styles from './add-file.module.css'

const WAIT_MS = 350 // After the last key.

export function MappingEditor(props: {
  file: string
  state: CardState
  isNew: boolean
  text: string
  onText: (text: string) => void
  preview: JobProgress
  again: boolean
}) {
  const { file, state, isNew, text, onText, preview, again } = props
  const id = useId()
  const [settled] = useDebouncedValue(text, WAIT_MS)
  const check = useQuery({
    queryKey: ['upload', 'check', file, settled],
    queryFn: async ({ signal }) =>
      unwrap(await api.POST('/api/v1/uploads/check', { body: { file, mapping: settled }, signal })),
    enabled: settled !== '',
    placeholderData: keepPreviousData,
  })
  const problems = text === '' ? [] : (check.data?.problems ?? [])
  const lines = text.split('\n')
  const isWrong = (line: number) => problems.some((problem) => problem.line === line)
  return (
    <section className={styles.half} aria-label="How the file is read">
      <h3 id={id}>How it is read</h3>
      <CardBody state={state} height={240}>
        <p className={styles.hint}>
          {isNew
            ? 'Proposed from the file. Each line says which column of the file fills which column of the table; take a ? away where the guess is right.'
            : 'A mapping of this workspace names this file already.'}
        </p>
        <div className={cx(styles.editor, problems.length > 0 && styles.editorWrong)}>
          <div className={styles.numbers} aria-hidden="true">
            {lines.map((_, index) => (
              <span key={index} className={cx(isWrong(index + 1) && styles.wrongLine)}>
                {index + 1}
              </span>
            ))}
          </div>
          <textarea
            aria-labelledby={id}
            aria-invalid={problems.length > 0}
            aria-describedby={`${id}-problems`}
            value={text}
            rows={lines.length}
            wrap="off"
            spellCheck={false}
            autoCapitalize="off"
            autoComplete="off"
            onChange={(event) => {
              onText(event.target.value)
            }}
          />
        </div>
        <div id={`${id}-problems`} className={styles.problems} role="status">
          {check.error && <Problem text={sentence(check.error.message)} />}
          {problems.map((problem) => (
            <Problem
              key={problem.message}
              text={`${problem.line === null ? '' : `Line ${problem.line}: `}${sentence(problem.message)}`}
            />
          ))}
          {check.data && problems.length === 0 && (
            <p className={styles.fits}>
              <IconCheck size={14} stroke={1.5} aria-hidden="true" />
              The mapping can be read.
            </p>
          )}
          {preview.error && <Problem text={sentence(preview.error.message)} />}
        </div>
        <div className={styles.actions}>
          <Button
            kind={again ? 'plain' : 'primary'}
            disabled={preview.running || text === '' || problems.length > 0}
            onClick={preview.start}
          >
            {preview.running ? 'Looking' : again ? 'Preview again' : 'Preview the load'}
          </Button>
          {preview.running && (
            <span className={`${styles.hint ?? ''} num`} role="status">
              {preview.step}
              {preview.share === null ? '' : `, ${Math.floor(100 * preview.share)}\u00a0%`}
            </span>
          )}
        </div>
      </CardBody>
    </section>
  )
}

function Problem({ text }: { text: string }) {
  return (
    <p className={styles.problem}>
      <IconAlertTriangle size={14} stroke={1.5} aria-hidden="true" />
      {text}
    </p>
  )
}
