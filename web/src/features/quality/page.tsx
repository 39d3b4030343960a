import { IconDatabaseImport } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'

import { api, unwrap, type Quality } from '@/api/client'
import { Card, queryState } from '@/components/card'
import { Grid } from '@/components/grid'
import { PageHead } from '@/components/page-head'

import { idOf, qualityNews } from './accounting'
import { AddFile } from './add-file'
import { AlertsCard } from './alerts-card'
import { ChangeCard } from './change-card'
import { FreshnessCard } from './freshness-card'
import { shownSource } from './history'
import { ProfileCard } from './profile-card'
import styles from './quality.module.css'
import { RejectsCard, SkippedCard } from './rejects-card'
import { RulesCard, TablesCard } from './rules-card'
import { RunsCard } from './runs-card'
import { ScoreCard } from './score-card'
import { TrendCard } from './trend-card'

export function QualityPage() {
  const query = useQuery({
    queryKey: ['quality'],
    queryFn: async ({ signal }) => unwrap(await api.GET('/api/v1/quality', { signal })),
  })
  const quality = query.data
  if (!quality)
    return (
      <>
        <PageHead title="Data quality" news={null} />
        <Card title="Quality" height={240} state={queryState(query)} />
      </>
    )
  if (quality.runs.length === 0 && quality.score === null) return <Nothing />
  return <Shown quality={quality} />
}

function Nothing() {
  return (
    <>
      <PageHead title="Data quality" news="Nothing has been loaded yet." />
      <Grid>
        <AddFileHere />
        <Card title="No loads yet" span={12}>
          <div className={styles.nothing}>
            <IconDatabaseImport size={24} stroke={1.5} aria-hidden="true" />
            <b>Nothing loaded yet</b>
            <span>
              Drop a file above, or put files into the inbox of this workspace and run{' '}
              <code>cip ingest</code>. Each load then stands here: what was found, what became of
              every record, and which rules held.
            </span>
          </div>
        </Card>
      </Grid>
    </>
  )
}

/** The file that is being added stands in the address. */
function AddFileHere() {
  const { load } = useSearch({ from: '/quality' })
  const navigate = useNavigate({ from: '/quality' })
  return (
    <AddFile
      key={load ?? ''}
      file={load ?? null}
      onFile={(file) => {
        void navigate({
          search: (old) => ({ ...old, load: file ?? undefined }),
          resetScroll: false,
        })
      }}
    />
  )
}

function Shown({ quality }: { quality: Quality }) {
  const search = useSearch({ from: '/quality' })
  const { run, source: wanted } = search
  const navigate = useNavigate({ from: '/quality' })
  const chosen = quality.runs.find((one) => idOf(one) === run) ?? null // One of its tables.
  const choose = (id: string | null) => {
    void navigate({ search: (old) => ({ ...old, run: id ?? undefined }), resetScroll: false })
  }
  const source = shownSource(quality.trend, wanted)
  return (
    <>
      <PageHead title="Data quality" news={qualityNews(quality)} />
      <Grid>
        <AddFileHere />
      </Grid>
      <Grid>
        <ScoreCard quality={quality} />
        <AlertsCard alerts={quality.alerts} onChoose={choose} />
        <TrendCard
          quality={quality}
          source={source}
          onSource={(chosen) => {
            void navigate({ search: (old) => ({ ...old, source: chosen }), resetScroll: false })
          }}
        />
      </Grid>
      <Grid>
        <ChangeCard quality={quality} source={source} />
        <FreshnessCard freshness={quality.freshness} />
      </Grid>
      <Grid>
        <RunsCard runs={quality.runs} chosen={chosen} onChoose={choose} />
      </Grid>
      <Grid>
        <RejectsCard quality={quality} run={chosen} />
        <SkippedCard quality={quality} run={chosen} />
      </Grid>
      <Grid>
        <RulesCard rules={quality.rules} />
        <TablesCard tables={quality.tables} />
      </Grid>
      <Grid>
        <ProfileCard
          tables={quality.tables.filter((table) => table.loaded_at !== null)}
          asked={search}
          onAsk={(next) => {
            void navigate({ search: (old) => ({ ...old, ...next }), resetScroll: false })
          }}
        />
      </Grid>
    </>
  )
}
