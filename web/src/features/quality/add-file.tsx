// A file dropped on the page: sent, described, mapped, looked at, and only then published. Where
// it stands is what the server says of its runs, so that a page loaded anew goes on from there.

import { IconFileUpload, IconLock } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState, type DragEvent } from 'react'

import { api, ApiError, sentence, unwrap } from '@/api/client'
import { useJob } from '@/api/jobs'
import { useWorkspace } from '@/api/workspace'
import { Button } from '@/components/button'
import { Card, queryState } from '@/components/card'
import { cx } from '@/lib/class-names'
import { countOf } from '@/lib/number-format'

import styles from './add-file.module.css'
import { Decision } from './file-decision'
import { Inspected } from './file-inspected'
import { MappingEditor } from './mapping-editor'
import { formatBytes, nextName, refusalOf, sendFile, standingOf } from './uploads'

interface Props {
  file: string | null // inbox/orders.csv, or none yet.
  onFile: (file: string | null) => void
}

export function AddFile({ file, onFile }: Props) {
  const { role } = useWorkspace().user
  if (role !== 'steward' && role !== 'admin') return <Refused role={role} />
  return file === null ? <Drop onFile={onFile} /> : <NewFile file={file} onFile={onFile} />
}

function Refused({ role }: { role: string }) {
  return (
    <Card title="Add a file" span={12}>
      <p className={styles.refused}>
        <IconLock size={16} stroke={1.5} aria-hidden="true" />
        <span>
          Files are added by data stewards; your role here is {role}. Whoever runs this server can
          write <code>role = &quot;steward&quot;</code> under <code>[server]</code> in cip.toml.
        </span>
      </p>
    </Card>
  )
}

function Drop({ onFile }: Pick<Props, 'onFile'>) {
  const [over, setOver] = useState(false)
  const [refused, setRefused] = useState<string | null>(null)
  const send = useMutation({
    mutationFn: ({ file, name }: { file: File; name: string }) => sendFile(file, name),
    onSuccess: onFile,
  })
  const take = (files: FileList | null) => {
    const [file] = files ?? []
    setRefused(null)
    send.reset()
    if (!file) return
    if (files && files.length > 1) {
      setRefused('One file at a time, so that each can be looked at.')
      return
    }
    const reason = refusalOf(file)
    if (reason === null) send.mutate({ file, name: file.name })
    else setRefused(reason)
  }
  const drag = (event: DragEvent) => {
    event.preventDefault()
    setOver(event.type === 'dragover')
  }
  const { error, variables } = send
  const isTaken = error instanceof ApiError && error.code === 'conflict'
  const wrong = refused ?? (error ? sentence(error.message) : null)
  return (
    <Card
      title="Add a file"
      sub="CSV, JSON or XML, also packed · nothing changes until it is published"
      span={12}
    >
      <div
        className={cx(styles.drop, over && styles.over)}
        onDragOver={drag}
        onDragLeave={drag}
        onDrop={(event) => {
          drag(event)
          take(event.dataTransfer.files)
        }}
      >
        <IconFileUpload size={20} stroke={1.5} aria-hidden="true" />
        {send.isPending ? (
          <span role="status">
            Sending {variables?.file.name}, {formatBytes(variables?.file.size ?? 0)}
          </span>
        ) : (
          <>
            <span className={styles.words}>Drop a file here, or</span>
            <label className={styles.choose}>
              Choose a file
              <input
                type="file"
                onChange={(event) => {
                  take(event.target.files)
                  event.target.value = '' // The same file may be chosen again.
                }}
              />
            </label>
          </>
        )}
      </div>
      {wrong !== null && (
        <div className={styles.wrong} role="alert">
          <span>{wrong}</span>
          {isTaken && variables && (
            <Button
              onClick={() => {
                send.mutate({ file: variables.file, name: nextName(variables.name) })
              }}
            >
              Send it as {nextName(variables.name)}
            </Button>
          )}
        </div>
      )}
    </Card>
  )
}

function NewFile({ file, onFile }: { file: string; onFile: Props['onFile'] }) {
  const client = useQueryClient()
  const inspection = useQuery({
    queryKey: ['upload', 'inspect', file],
    queryFn: async ({ signal }) =>
      unwrap(await api.GET('/api/v1/inspect', { params: { query: { file } }, signal })),
    staleTime: Infinity, // The file does not change.
    retry: false,
  })
  const mapping = useQuery({
    queryKey: ['upload', 'mapping', file],
    queryFn: async ({ signal }) =>
      unwrap(await api.GET('/api/v1/uploads/mapping', { params: { query: { file } }, signal })),
    staleTime: Infinity,
    retry: false,
  })
  const runs = useQuery({
    queryKey: ['upload', 'runs', file],
    queryFn: async ({ signal }) =>
      unwrap(await api.GET('/api/v1/runs', { params: { query: { limit: 50 } }, signal })).runs,
  })
  const [edited, setEdited] = useState<string | null>(null)
  const text = edited ?? mapping.data?.text ?? ''
  const preview = useJob(
    async () =>
      unwrap(await api.POST('/api/v1/uploads/preview', { body: { file, mapping: text } })).job_id,
    () => client.invalidateQueries({ queryKey: ['upload', 'runs'] }),
  )
  const discard = useMutation({
    mutationFn: async () => unwrap(await api.POST('/api/v1/uploads/discard', { body: { file } })),
    onSuccess: () => {
      client.removeQueries({ queryKey: ['upload'] })
      onFile(null)
      return client.invalidateQueries()
    },
  })
  const standing = standingOf(file, runs.data ?? [])
  const { phase } = standing
  const found = inspection.data
  const sub = found
    ? [formatBytes(found.bytes), countOf(found.records, 'record'), found.format.guess.toUpperCase()]
    : ['reading the file']
  return (
    <Card
      title={file.replace('inbox/', '')}
      sub={sub.join(' · ')}
      span={12}
      tools={
        phase === 'published' ? (
          <Button
            onClick={() => {
              onFile(null)
            }}
          >
            Add another file
          </Button>
        ) : (
          <Button
            disabled={discard.isPending || preview.running}
            onClick={() => {
              discard.mutate()
            }}
          >
            Discard the file
          </Button>
        )
      }
    >
      {discard.error && (
        <p className={styles.wrong} role="alert">
          {sentence(discard.error.message)}
        </p>
      )}
      <Decision file={file} standing={standing} />
      {phase !== 'published' && (
        <div className={styles.halves}>
          <Inspected state={queryState(inspection)} found={found} />
          <MappingEditor
            file={file}
            state={queryState(mapping)}
            isNew={mapping.data?.is_new ?? true}
            text={text}
            onText={setEdited}
            preview={preview}
            again={phase !== 'mapping'}
          />
        </div>
      )}
    </Card>
  )
}
