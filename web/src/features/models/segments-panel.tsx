// Groups of customers that a machine found: how many, how clear they are, and who is in them.

import type { SegmentModel, TaskModels, Value } from '@/api/client'
import { BarChart } from '@/charts/bar-chart'
import { Card } from '@/components/card'
import { ChartCard } from '@/components/chart-card'
import { DataTable, type TableColumn } from '@/components/data-table'
import { Grid } from '@/components/grid'
import { Leaderboard } from '@/components/leaderboard'
import { useFormat } from '@/lib/format-context'
import { countOf, formatCount, formatShare, type Unit } from '@/lib/number-format'

import styles from './comparison.module.css'

export function SegmentsPanel(props: { segments: SegmentModel; tasks: readonly TaskModels[] }) {
  const { segments, tasks } = props
  return (
    <>
      <Grid>
        <SizesCard segments={segments} />
        <SilhouetteCard segments={segments} />
      </Grid>
      <Grid>
        <ProfileCard segments={segments} tasks={tasks} />
      </Grid>
    </>
  )
}

const sizeOf = (segments: SegmentModel) =>
  segments.clusters.reduce((sum, cluster) => sum + cluster.size, 0)

function SizesCard({ segments }: { segments: SegmentModel }) {
  const clusters = segments.clusters.toSorted((a, b) => b.size - a.size)
  const most = clusters[0]?.size ?? 1
  return (
    <ChartCard
      title="Segments by size"
      sub={`n = ${countOf(sizeOf(segments), 'customer')} · k-means over ${segments.features.length} features`}
      span={7}
      height={206}
      table={{
        columns: [
          { name: 'label', label: 'Segment', type: 'text' },
          { name: 'size', label: 'Customers', type: 'int' },
          { name: 'share', label: 'Share', type: 'number', unit: 'percent' },
        ],
        rows: clusters.map((one): Value[] => [one.label, one.size, one.share]),
      }}
    >
      <Leaderboard
        name="Segment"
        valueName="Customers"
        shares
        rows={clusters.map((one) => ({
          key: String(one.cluster),
          label: one.label,
          size: one.size / most,
          value: formatCount(one.size),
          exact: formatCount(one.size),
          share: formatShare(one.share),
        }))}
      />
    </ChartCard>
  )
}

function SilhouetteCard({ segments }: { segments: SegmentModel }) {
  const { silhouettes, k } = segments
  const chosen = silhouettes.find((one) => one.k === k)?.silhouette ?? null
  return (
    <ChartCard
      title="How many segments"
      sub="Silhouette by number of segments; 1 is clear-cut, 0 is no structure"
      span={5}
      height={206}
      table={{
        columns: [
          { name: 'k', label: 'Segments', type: 'int' },
          { name: 'silhouette', label: 'Silhouette', type: 'number' },
        ],
        rows: silhouettes.map((one): Value[] => [one.k, one.silhouette]),
      }}
    >
      <BarChart
        title={
          chosen === null
            ? `${k} segments are used`
            : `${k} segments are used, with a silhouette of ${chosen.toFixed(2)}`
        }
        bars={silhouettes.map((one) => ({
          label: one.k === k ? `${one.k} (used)` : String(one.k),
          value: one.silhouette,
        }))}
        unit="score"
        name="Silhouette"
        height={196}
      />
    </ChartCard>
  )
}

function ProfileCard(props: { segments: SegmentModel; tasks: readonly TaskModels[] }) {
  const { segments, tasks } = props
  const format = useFormat()
  const known = new Map(
    tasks.flatMap((task) => task.features.map((feature) => [feature.name, feature])),
  )
  const features = segments.features.map(describe)
  const columns: TableColumn[] = [
    { name: 'label', label: 'Segment', type: 'text' },
    { name: 'size', label: 'Customers', type: 'int' },
    { name: 'share', label: 'Share', type: 'number', unit: 'percent' },
    ...features.map(({ name, ...own }): TableColumn => {
      const feature = known.get(name)
      const unit = own.unit ?? feature?.unit ?? unitByName(name)
      const values = segments.clusters.map((one) => Math.abs(one.centroid[name] ?? 0))
      const most = Math.max(...values, 1e-12)
      return {
        name,
        label: own.label ?? feature?.label ?? labelByName(name),
        type: 'number',
        render: (value) =>
          typeof value === 'number' ? (
            <span className={styles.cell} title={format.exact(value, unit, 2)}>
              <i style={{ width: `${(100 * Math.abs(value)) / most}%` }} aria-hidden="true" />
              <span>{format.short(value, unit)}</span>
            </span>
          ) : (
            '–'
          ),
      }
    }),
  ]
  return (
    <Card
      title="Who is in them"
      sub="Means of each segment; bars compare the segments within a column"
      span={12}
    >
      <DataTable
        label="Segments and their means"
        columns={columns}
        rows={segments.clusters.map((one): Value[] => [
          one.label,
          one.size,
          one.share,
          ...features.map(({ name }) => one.centroid[name] ?? null),
        ])}
      />
    </Card>
  )
}

interface Described {
  name: string
  label?: string
  unit?: Unit
}

/** A server may name a feature or describe it; both are understood. */
export function describe(feature: unknown): Described {
  if (typeof feature !== 'object' || feature === null) return { name: String(feature) }
  const { name = '', label, unit } = feature as Partial<Described>
  return { name, ...(label ? { label } : {}), ...(unit ? { unit } : {}) }
}

/** Features that only segments use come without a description; their names say enough. */
function unitByName(name: string): Unit {
  if (/spen[dt]|amount|revenue|value/.test(name)) return 'currency'
  if (/days|recency|tenure/.test(name)) return 'days'
  if (name === 'age') return 'years'
  return 'number'
}

const labelByName = (name: string) =>
  name.charAt(0).toUpperCase() + name.slice(1).replaceAll('_', ' ')
