// An answer drawn as a person asked for it: one plot for each metric, because metrics of different
// units share no axis.

import type { Answer, Column, Value, Workspace } from '@/api/client'
import { incompleteLast, valueLabel } from '@/api/query'
import { findDimension, findMetric } from '@/api/workspace'
import { BarChart } from '@/charts/bar-chart'
import { Heatmap } from '@/charts/heatmap'
import { LineChart } from '@/charts/line-chart'
import { RingChart } from '@/charts/ring-chart'
import { ScatterChart } from '@/charts/scatter-chart'
import { seriesVar } from '@/charts/tokens'
import { addDays, formatBucket, formatDay } from '@/lib/dates'
import { useFormat } from '@/lib/format-context'
import { formatCount, formatShare } from '@/lib/number-format'

import styles from './answer-chart.module.css'
import {
  gridOf,
  groupOf,
  labelsOf,
  linesOf,
  numbersOf,
  partsOf,
  shapeOf,
  type ChartKind,
  type Shape,
} from './answer-shape'
import { LegendItem } from './chart-card'
import type { Group } from './rows'

export interface AnswerChartProps {
  answer: Answer
  kind: Exclude<ChartKind, 'table'>
  workspace: Workspace
  from?: string | null // First day the question covers.
  until?: string | null // First day the question no longer covers.
  partial?: boolean // Some groups were left out, so one that is not there is not zero.
  plots?: number // How many metrics at most get a plot.
  onRows?: (metric: string, group: Group) => void // A mark was picked: the rows of its group.
}

const MOST_LINES = 8
const MOST_BARS = 20
const MOST_TIME_BARS = 60

export function AnswerChart(props: AnswerChartProps) {
  const { answer, kind, workspace, plots = 3 } = props
  const shape = shapeOf(answer, workspace)
  const metrics = shape.metrics.slice(0, plots)
  if (kind === 'number') return <Figures answer={answer} metrics={shape.metrics} />
  if (kind === 'scatter') return <Cloud answer={answer} shape={shape} />
  return (
    <div className={styles.plots}>
      {metrics.map((metric) => (
        <figure key={metric.name} className={styles.plot}>
          {shape.metrics.length > 1 && <figcaption>{metric.label}</figcaption>}
          <Plot {...props} kind={kind} shape={shape} metric={metric} />
        </figure>
      ))}
      {plots > 1 && shape.metrics.length > metrics.length && (
        <p className={styles.note}>
          {metrics.length} of {shape.metrics.length} metrics are drawn; the table has all.
        </p>
      )}
    </div>
  )
}

interface PlotProps extends AnswerChartProps {
  kind: 'line' | 'bar' | 'pie' | 'heatmap'
  shape: Shape
  metric: Column
}

function Plot(props: PlotProps) {
  switch (props.kind) {
    case 'line':
      return <LinePlot {...props} />
    case 'bar':
      return <BarPlot {...props} />
    case 'pie':
      return <PiePlot {...props} />
    case 'heatmap':
      return <HeatPlot {...props} />
  }
}

const unitOf = (metric: Column) => metric.unit ?? 'number'

function LinePlot(props: PlotProps) {
  const { answer, shape, metric, workspace, from, until, partial = false, onRows } = props
  const format = useFormat()
  if (!shape.time) return null
  const split = shape.dimensions[0] ?? null
  const additive = !partial && (findMetric(workspace, metric.name)?.additive ?? false)
  // One value has one colour in all plots: the first metric orders the lines of all.
  const [rank] = shape.metrics
  const { starts, lines, total } = linesOf(answer, shape.time, metric, split, {
    additive,
    most: MOST_LINES,
    ...(rank ? { rank } : {}),
  })
  const [first] = starts
  const to = lastDay(workspace, until ?? null)
  const incomplete =
    first === undefined || to === null
      ? null
      : incompleteLast(starts, shape.time.grain, { from: first, to })
  const main = lines[0]?.values ?? []
  const told = (value: number | null | undefined) => format.short(value ?? null, unitOf(metric))
  const title = split
    ? `${metric.label} by ${shape.time.column.label.toLowerCase()} and ${split.label.toLowerCase()}`
    : `${metric.label} went from ${told(main[0])} to ${told(main.at(incomplete ? -2 : -1))}`
  return (
    <>
      {split && (
        <div className={styles.legend}>
          {lines.map((line, index) => (
            <LegendItem
              key={line.name}
              name={line.name}
              color={seriesVar(index)}
              {...dashOf(index)}
            />
          ))}
          {total > lines.length && (
            <span className="t3">
              {lines.length} of {formatCount(total)}
            </span>
          )}
        </div>
      )}
      <LineChart
        title={title}
        grain={shape.time.grain}
        starts={starts}
        lines={lines}
        unit={unitOf(metric)}
        good={metric.good ?? 'none'}
        incomplete={incomplete}
        height={220}
        {...(onRows
          ? {
              onSelect: (index: number) => {
                const [start, time] = [starts[index], shape.time?.column.name]
                if (start !== undefined && time !== undefined) onRows(metric.name, [[time, start]])
              },
            }
          : {})}
      />
      {first !== undefined && from !== undefined && from !== null && first < from && (
        <p className={styles.note}>
          The first {shape.time.grain} is incomplete: the period begins on {formatDay(from)}.
        </p>
      )}
    </>
  )
}

const dashOf = (index: number) => {
  const dash = [undefined, '6 3', '2 3'][index % 3]
  return dash === undefined ? {} : { dash }
}

/** The first day without data: the question may reach further than they do. */
function lastDay(workspace: Workspace, until: string | null): string | null {
  const { to } = workspace.data
  const end = to === null ? null : addDays(to, 1)
  if (until === null || end === null) return until ?? end
  return until < end ? until : end
}

function BarPlot({ answer, shape, metric, onRows }: PlotProps) {
  const format = useFormat()
  const column = shape.time?.column ?? shape.dimensions[0]
  if (!column) return null
  const { time } = shape
  const raw = labelsOf(answer, column)
  const labels = time ? raw.map((day) => formatBucket(time.grain, day)) : raw
  const most = time ? MOST_TIME_BARS : MOST_BARS
  // The end of a time is what people look at; of a ranking it is the beginning.
  const bars = numbersOf(answer, metric).map((value, index) => ({
    label: labels[index] ?? '',
    value,
  }))
  const shown = time ? bars.slice(-most) : bars.slice(0, most)
  const first = time ? bars.length - shown.length : 0
  const largest = shown.reduce<(typeof shown)[number] | null>(
    (top, bar) => ((bar.value ?? -Infinity) > (top?.value ?? -Infinity) ? bar : top),
    null,
  )
  return (
    <>
      <BarChart
        title={
          largest
            ? `${largest.label} has most: ${format.short(largest.value, unitOf(metric))}`
            : `${metric.label} by ${column.label}`
        }
        bars={shown}
        unit={unitOf(metric)}
        name={metric.label}
        horizontal={!time}
        {...(time ? { height: 220 } : {})}
        {...(onRows
          ? {
              onSelect: (index: number) => {
                onRows(metric.name, groupOf(answer, first + index))
              },
            }
          : {})}
      />
      {shown.length < answer.num_rows && (
        <p className={styles.note}>
          {formatCount(shown.length)} of {formatCount(answer.num_rows)}
        </p>
      )}
    </>
  )
}

function PiePlot({ answer, shape, metric, workspace, onRows }: PlotProps) {
  const format = useFormat()
  const [dimension] = shape.dimensions
  if (!dimension || findMetric(workspace, metric.name)?.additive !== true)
    return (
      <p className={styles.note}>
        {metric.label} does not add up over groups, so it has no shares. The table has it.
      </p>
    )
  const parts = partsOf(answer, dimension, metric)
  const sum = parts.reduce((all, part) => all + part.value, 0)
  return (
    <RingChart
      title={parts
        .map((part) => `${part.label} ${formatShare(sum > 0 ? part.value / sum : null)}`)
        .join(', ')}
      slices={parts}
      unit={unitOf(metric)}
      name={metric.label}
      total={format.short(sum, unitOf(metric))}
      {...(onRows
        ? {
            onSelect: (index: number) => {
              const row = labelsOf(answer, dimension).indexOf(parts[index]?.label ?? '')
              if (row >= 0) onRows(metric.name, groupOf(answer, row)) // The rest is no group.
            },
          }
        : {})}
    />
  )
}

function HeatPlot({ answer, shape, metric, workspace, onRows }: PlotProps) {
  const [first, second] = [...shape.dimensions, ...(shape.time ? [shape.time.column] : [])]
  if (!first || !second) return null
  const name = (value: Value, column: Column) => {
    const grain = findDimension(workspace, column.name)?.grain
    return grain !== undefined && typeof value === 'string'
      ? formatBucket(grain, value)
      : valueLabel(value)
  }
  const grid = gridOf(answer, first, second, metric, name)
  return (
    <div className={styles.wide} tabIndex={0} role="region" aria-label={`${metric.label} in cells`}>
      <div style={{ minWidth: 120 + 64 * grid.columns.length }}>
        <Heatmap
          title={`${metric.label} by ${first.label.toLowerCase()} and ${second.label.toLowerCase()}`}
          rows={grid.rows}
          columns={grid.columns}
          cells={grid.cells}
          unit={unitOf(metric)}
          name={metric.label}
          {...(onRows
            ? {
                onSelect: (index: number) => {
                  const row = grid.cells[index]?.at ?? -1
                  if (row >= 0) onRows(metric.name, groupOf(answer, row))
                },
              }
            : {})}
        />
      </div>
    </div>
  )
}

function Cloud({ answer, shape }: { answer: Answer; shape: Shape }) {
  const [x, y] = shape.metrics
  const [dimension] = shape.dimensions
  if (!x || !y || !dimension) return null
  const [xs, ys] = [numbersOf(answer, x), numbersOf(answer, y)]
  const labels = labelsOf(answer, dimension)
  const points = labels.flatMap((label, index) => {
    const [left, up] = [xs[index] ?? null, ys[index] ?? null]
    return left === null || up === null ? [] : [{ x: left, y: up, label }]
  })
  return (
    <ScatterChart
      title={`${y.label} against ${x.label.toLowerCase()}, ${formatCount(points.length)} points`}
      points={points}
      x={{ label: x.label, unit: unitOf(x) }}
      y={{ label: y.label, unit: unitOf(y) }}
    />
  )
}

function Figures({ answer, metrics }: { answer: Answer; metrics: readonly Column[] }) {
  const format = useFormat()
  return (
    <dl className={styles.figures}>
      {metrics.map((metric) => {
        const value = numbersOf(answer, metric)[0] ?? null
        return (
          <div key={metric.name}>
            <dt>{metric.label}</dt>
            <dd className="num" title={format.exact(value, unitOf(metric))}>
              {format.short(value, unitOf(metric))}
            </dd>
          </div>
        )
      })}
    </dl>
  )
}
