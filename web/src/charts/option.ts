// What all options share: the look of axes, grid and tooltip, from the tokens.

import type {
  BarSeriesOption,
  BoxplotSeriesOption,
  HeatmapSeriesOption,
  LineSeriesOption,
  PieSeriesOption,
  ScatterSeriesOption,
} from 'echarts/charts'
import type {
  DataZoomComponentOption,
  GridComponentOption,
  TooltipComponentOption,
  VisualMapComponentOption,
} from 'echarts/components'
import type { ComposeOption } from 'echarts/core'

import type { Format, Unit } from '@/lib/number-format'
import { niceTicks } from '@/lib/ticks'

import type { Tokens } from './tokens'

export type ChartOption = ComposeOption<
  | BarSeriesOption
  | BoxplotSeriesOption
  | DataZoomComponentOption
  | GridComponentOption
  | HeatmapSeriesOption
  | LineSeriesOption
  | PieSeriesOption
  | ScatterSeriesOption
  | TooltipComponentOption
  | VisualMapComponentOption
>

export const labelStyle = (tokens: Tokens) => ({
  color: tokens.text3,
  fontFamily: tokens.font,
  fontSize: 11,
})

export const baseOption = (tokens: Tokens): ChartOption => ({
  animation: false,
  textStyle: { fontFamily: tokens.font, fontSize: 11, color: tokens.text3 },
  aria: { enabled: false }, // The element itself carries the takeaway sentence.
})

export const tooltipBase = (tokens: Tokens): TooltipComponentOption => ({
  confine: true,
  transitionDuration: 0,
  backgroundColor: tokens.overlay,
  borderColor: tokens.border,
  borderWidth: 1,
  padding: [8, 10],
  textStyle: { color: tokens.text, fontFamily: tokens.font, fontSize: 12, fontWeight: 'normal' },
  extraCssText: 'border-radius:8px;box-shadow:var(--shadow-2);line-height:18px',
})

/** A value axis with round ticks, horizontal gridlines and the unit on the top label only. */
export function valueAxis(
  tokens: Tokens,
  format: Format,
  values: readonly number[],
  unit: Unit,
  fromZero = true,
) {
  const ticks = niceTicks(values, fromZero)
  const labels = format.axis(ticks, unit)
  const step = (ticks[1] ?? 1) - (ticks[0] ?? 0)
  const first = ticks[0] ?? 0
  return {
    type: 'value' as const,
    min: first,
    max: ticks.at(-1) ?? 1,
    interval: step,
    axisLine: { show: false },
    axisTick: { show: false },
    splitLine: { lineStyle: { color: tokens.grid, width: 1 } },
    axisLabel: {
      ...labelStyle(tokens),
      margin: 8,
      formatter: (value: number) => labels[Math.round((value - first) / step)] ?? '',
    },
  }
}

export function categoryAxis(tokens: Tokens, baseline = true) {
  return {
    type: 'category' as const,
    axisTick: { show: false },
    axisLine: { show: baseline, onZero: true, lineStyle: { color: tokens.axis, width: 1 } },
    axisLabel: { ...labelStyle(tokens), margin: 10, hideOverlap: true },
  }
}

/** Zoom with Ctrl and the wheel, pan by dragging; the page itself keeps the plain wheel. */
export const insideZoom: DataZoomComponentOption = {
  type: 'inside',
  zoomOnMouseWheel: 'ctrl',
  moveOnMouseMove: true,
  moveOnMouseWheel: 'shift',
  preventDefaultMouseMove: false,
}

/** Diagonal hatching for numbers that rest on few cases. */
export const hatch = (tokens: Tokens) => ({
  symbol: 'rect' as const,
  dashArrayX: [1, 0] as [number, number],
  dashArrayY: [2, 3] as [number, number],
  rotation: (135 * Math.PI) / 180,
  color: tokens.surface,
})
