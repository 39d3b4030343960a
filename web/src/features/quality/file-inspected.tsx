// What a file is, as far as it tells itself, and why that is thought.

import type { Inspection } from '@/api/client'
import { CardBody, type CardState } from '@/components/card'
import { DataTable } from '@/components/data-table'
import { countOf, formatCount } from '@/lib/number-format'

import { words } from './accounting'
import styles from './add-file.module.css'

export function Inspected(props: { state: CardState; found: Inspection | undefined }) {
  const { state, found } = props
  return (
    <section className={styles.half} aria-label="What the file is">
      <h3>What it is</h3>
      <CardBody state={state} height={240}>
        {found && (
          <>
            <dl className={styles.evidence}>
              {partsOf(found).map(({ name, guess, evidence }) => (
                <div key={name}>
                  <dt>{name}</dt>
                  <dd>
                    <b>{guess}</b> <span>{evidence}</span>
                  </dd>
                </div>
              ))}
            </dl>
            <DataTable
              label="Columns of the file"
              columns={[
                { name: 'name', label: 'Column', type: 'text' },
                { name: 'type', label: 'Holds', type: 'text' },
                { name: 'nulls', label: 'Empty', type: 'int' },
                { name: 'evidence', label: 'Why', type: 'text' },
              ]}
              rows={found.columns.map((column) => [
                column.name,
                column.type === 'open' ? column.readings.join(' or ') : column.type,
                column.nulls,
                column.evidence,
              ])}
              maxHeight={330}
              compact
            />
          </>
        )}
      </CardBody>
    </section>
  )
}

function partsOf(found: Inspection): { name: string; guess: string; evidence: string }[] {
  const parts = [
    { name: 'Format', part: found.format },
    { name: 'Encoding', part: found.encoding },
    { name: 'Delimiter', part: found.delimiter },
    { name: 'Quotes', part: found.quote },
    { name: 'Header', part: found.header },
  ].flatMap(({ name, part }) =>
    part ? [{ name, guess: shown(part.guess), ...evidenceOf(part) }] : [],
  )
  const faults = found.faults.map((fault) => ({
    name: 'Fault',
    guess: `${countOf(fault.count, 'record')}: ${words(fault.code)}`,
    evidence: `first on line ${formatCount(fault.line)}; wanted ${fault.expected}`,
  }))
  return [...parts, ...faults]
}

const evidenceOf = ({ evidence }: { evidence: string }) => ({ evidence })

/** What cannot be seen has a name. */
const shown = (guess: string) => ({ '\t': 'tab', ' ': 'blank', '': 'none' })[guess] ?? guess
