import { useMemo } from 'react'

import { useFormat } from '@/lib/format-context'
import { countOf, type Format, type Unit } from '@/lib/number-format'

import { CanvasChart } from './canvas-chart'
import { baseOption, hatch, labelStyle, tooltipBase, type ChartOption } from './option'
import { stepOf, useTokens, type Tokens } from './tokens'
import { tooltipElement } from './tooltip'
import { useWidth } from './use-width'

export interface HeatmapCell {
  row: number
  column: number
  value: number | null // null: an empty cell.
  n?: number // Under 30 the cell is hatched.
}

export interface HeatmapProps {
  title: string // The takeaway sentence.
  rows: readonly string[]
  columns: readonly string[]
  cells: readonly HeatmapCell[]
  unit: Unit
  name: string // What a cell tells.
  diverging?: boolean // Around zero, from -1 to 1: correlations.
  rowHeight?: number
  narrow?: boolean // Columns by number, and numbers without their leading zero: phones.
  onSelect?: (index: number) => void
}

const FEW = 30

export function Heatmap(props: HeatmapProps) {
  const tokens = useTokens()
  const format = useFormat()
  const [box, width] = useWidth<HTMLDivElement>(WIDTH)
  const head = headOf(props, width)
  const option = useMemo(
    () => heatmapOption(props, tokens, format, width),
    [props, tokens, format, width],
  )
  return (
    <div ref={box}>
      <CanvasChart
        title={props.title}
        option={option}
        height={(props.rowHeight ?? 30) * props.rows.length + 12 + LINE * head.lines}
        points={props.cells.length}
        onSelect={props.onSelect}
      />
    </div>
  )
}

const WIDTH = 720 // Until the box is measured.
const LETTER = 6 // Of 11 px type, on average.
const ROW_LETTER = 6.6 // Of 12 px type.
const LINE = 14

/** What a column has room for above it, and how many lines its longest name takes there. */
export function headOf(
  { rows, columns, narrow = false }: Pick<HeatmapProps, 'rows' | 'columns' | 'narrow'>,
  width: number,
): { room: number; lines: number } {
  if (narrow) return { room: 40, lines: 1 }
  const left = 10 + ROW_LETTER * Math.max(0, ...rows.map((row) => row.length))
  const room = Math.max(28, (width - left) / Math.max(1, columns.length) - 8)
  const lines = columns.map((name) => linesOf(name, room))
  return { room, lines: Math.min(3, Math.max(1, ...lines)) }
}

/** How many lines the words of a name take. */
function linesOf(name: string, room: number): number {
  let [lines, used] = [1, 0]
  for (const word of name.split(' ')) {
    const wide = LETTER * word.length
    if (used > 0 && used + LETTER + wide > room) {
      lines += 1
      used = wide
    } else used += (used > 0 ? LETTER : 0) + wide
  }
  return lines
}

export function heatmapOption(
  props: HeatmapProps,
  tokens: Tokens,
  format: Format,
  width = WIDTH,
): ChartOption {
  const { rows, columns, cells, unit, diverging = false, narrow = false } = props
  const values = cells.flatMap((cell) => (cell.value === null ? [] : [cell.value]))
  const [low, high] = diverging ? [-1, 1] : [Math.min(...values), Math.max(...values)]
  const print = (value: number) =>
    unit === 'percent'
      ? (100 * value).toFixed(0)
      : diverging
        ? format.exact(value, 'number', 2).replace(narrow ? /^(\u2212?)0\./ : /$^/, '$1.')
        : format.short(value, unit)
  const axis = {
    type: 'category' as const,
    axisLine: { show: false },
    axisTick: { show: false },
    splitLine: { show: false },
  }
  return {
    ...baseOption(tokens),
    grid: {
      left: 0,
      right: 2,
      top: 0,
      bottom: 2,
      outerBoundsMode: 'same',
      outerBoundsContain: 'axisLabel',
    },
    xAxis: {
      ...axis,
      position: 'top',
      data: narrow ? columns.map((_, index) => String(index + 1)) : [...columns],
      axisLabel: {
        ...labelStyle(tokens),
        margin: 6,
        interval: 0,
        overflow: 'break',
        lineHeight: LINE,
        width: headOf(props, width).room,
      },
    },
    yAxis: {
      ...axis,
      data: narrow ? rows.map((row, index) => `${index + 1} ${row}`) : [...rows],
      inverse: true,
      axisLabel: {
        ...labelStyle(tokens),
        fontSize: 12,
        color: tokens.text,
        margin: 10,
        ...(narrow ? { width: 104, overflow: 'truncate' as const } : {}),
      },
    },
    tooltip: {
      ...tooltipBase(tokens),
      trigger: 'item',
      formatter: (item) => {
        const cell = cells[Array.isArray(item) ? 0 : item.dataIndex]
        const head = `${rows[cell?.row ?? 0] ?? ''} · ${columns[cell?.column ?? 0] ?? ''}`
        const n = cell?.n
        return tooltipElement(
          head,
          [{ name: props.name, value: format.exact(cell?.value, unit, diverging ? 2 : undefined) }],
          n === undefined ? undefined : `n = ${countOf(n, 'row')}${n < FEW ? ', few' : ''}`,
        )
      },
    },
    // ECharts asks for a visual map with every heatmap; the cells bring their own colours.
    visualMap: { type: 'piecewise', show: false, dimension: 2, pieces: [{ min: low, max: high }] },
    series: [
      {
        type: 'heatmap',
        cursor: props.onSelect ? 'pointer' : 'default',
        data: cells.map((cell) => {
          const step = cell.value === null ? 0 : stepOf(cell.value, low, high)
          const few = cell.n !== undefined && cell.n < FEW
          const fill = diverging ? tokens.diverging[step] : tokens.sequential[step]
          return {
            value: [cell.column, cell.row, cell.value ?? '-'],
            visualMap: false,
            itemStyle: {
              color:
                cell.value === null
                  ? 'transparent'
                  : few
                    ? tokens.surface3
                    : (fill ?? tokens.surface2),
              borderColor: tokens.surface,
              borderWidth: 2,
              borderRadius: 4,
              ...(few ? { decal: hatch(tokens) } : {}),
            },
            label: {
              show: cell.value !== null,
              formatter: cell.value === null ? '' : print(cell.value),
              color: few ? tokens.text2 : inkOn(step, diverging, tokens),
              fontSize: 12,
              fontFamily: tokens.font,
              fontWeight: 500,
            },
          }
        }),
      },
    ],
  }
}

/**
 * Text on a cell. The ends of the diverging scale are as dark as the surface is light, or the other
 * way round; the steps before them are of middle lightness, on which only the dark ink can be read.
 */
function inkOn(step: number, diverging: boolean, tokens: Tokens): string {
  if (!diverging) return tokens.sequentialInk[step] ?? tokens.text
  const far = Math.abs(step - 3)
  const dark = tokens.scheme === 'dark' ? tokens.surface : tokens.text
  return far === 3 ? tokens.surface : far === 2 ? dark : tokens.text
}
