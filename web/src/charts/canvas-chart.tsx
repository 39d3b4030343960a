// One ECharts drawing: fetched late, redrawn on a new option, resized with its box, walked with
// the arrow keys. Everything that can be tested without a canvas is in the option of each chart.

import type { ECElementEvent, EChartsType } from 'echarts/core'
import { useCallback, useEffect, useRef, useState, type KeyboardEvent } from 'react'

import { cx } from '@/lib/class-names'

import styles from './canvas-chart.module.css'
import { useChartHandle } from './handle'
import type { ChartOption } from './option'
import { useTokens } from './tokens'

export interface CanvasChartProps {
  title: string // The takeaway sentence; also the accessible name.
  option: ChartOption
  height: number
  points: number // How many the arrow keys walk through; 0 for none.
  onSelect?: ((index: number, series: number) => void) | undefined
  walkSeries?: number // The series the arrow keys walk.
  select?: 'mark' | 'x' | 'y' // What a click hits: a mark, or the whole bucket of that axis.
}

async function load() {
  const [{ init }] = await Promise.all([
    import('./echarts'),
    // Text on a canvas is not drawn again when a font arrives, so it waits for it.
    document.fonts.load('11px "Inter Variable"').catch(() => []),
  ])
  return init
}

export function CanvasChart(props: CanvasChartProps) {
  const { title, option, height, points, onSelect, walkSeries = 0, select = 'mark' } = props
  const box = useRef<HTMLDivElement>(null)
  const [chart, setChart] = useState<EChartsType | null>(null)
  const [failed, setFailed] = useState(false)
  const tokens = useTokens()
  const at = useRef(-1)

  useEffect(() => {
    const element = box.current
    if (!element) return
    let made: EChartsType | null = null
    let gone = false
    const observer = new ResizeObserver(() => made?.resize())
    load().then(
      (init) => {
        if (gone) return
        made = init(element, null, { renderer: 'canvas' })
        observer.observe(element)
        setChart(made)
      },
      () => {
        if (!gone) setFailed(true)
      },
    )
    return () => {
      gone = true
      observer.disconnect()
      made?.dispose()
      setChart(null)
    }
  }, [])

  useEffect(() => {
    chart?.setOption(option, { notMerge: true })
  }, [chart, option])

  useEffect(() => {
    if (!chart || !onSelect) return
    return select === 'mark' ? onMark(chart, onSelect) : onBucket(chart, select, onSelect)
  }, [chart, onSelect, select])

  // Two fingers or Ctrl and wheel go in; a double click comes out again.
  useEffect(() => {
    if (!chart) return
    const reset = () => {
      chart.dispatchAction({ type: 'dataZoom', start: 0, end: 100 })
    }
    chart.getZr().on('dblclick', reset)
    return () => {
      if (!chart.isDisposed()) chart.getZr().off('dblclick', reset)
    }
  }, [chart])

  const png = useCallback(
    () =>
      Promise.resolve(chart?.getDataURL({ pixelRatio: 2, backgroundColor: tokens.surface }) ?? ''),
    [chart, tokens],
  )
  useChartHandle(png)

  const walk = (event: KeyboardEvent) => {
    const next = nextPoint(event.key, at.current, points)
    if (event.key === 'Enter' && at.current >= 0 && onSelect) {
      event.preventDefault() // What opens takes the focus, and must not take the key as well.
      onSelect(at.current, walkSeries)
    }
    if (next === null || !chart) return
    event.preventDefault()
    at.current = next
    chart.dispatchAction({ type: 'showTip', seriesIndex: walkSeries, dataIndex: next })
  }
  const leave = () => {
    at.current = -1
    chart?.dispatchAction({ type: 'hideTip' })
  }

  if (failed)
    return (
      <p className={styles.failed}>
        The chart could not be fetched. The table has the same numbers.
      </p>
    )
  return (
    <div
      className={cx(styles.chart, onSelect && styles.clickable)}
      role="img"
      aria-label={title}
      tabIndex={points > 0 ? 0 : undefined}
      onKeyDown={walk}
      onBlur={leave}
      style={{ height }}
    >
      <div ref={box} className={styles.canvas} />
    </div>
  )
}

type Select = (index: number, series: number) => void

function onMark(chart: EChartsType, onSelect: Select): () => void {
  const click = (event: ECElementEvent) => {
    onSelect(event.dataIndex, event.seriesIndex ?? 0)
  }
  chart.on('click', click)
  return () => {
    if (!chart.isDisposed()) chart.off('click', click)
  }
}

/** A click anywhere in the plot counts for the bucket under it: a line is too thin to hit. */
function onBucket(chart: EChartsType, axis: 'x' | 'y', onSelect: Select): () => void {
  const click = ({ offsetX, offsetY }: { offsetX: number; offsetY: number }) => {
    if (!chart.containPixel({ gridIndex: 0 }, [offsetX, offsetY])) return
    const index =
      axis === 'x'
        ? chart.convertFromPixel({ xAxisIndex: 0 }, offsetX)
        : chart.convertFromPixel({ yAxisIndex: 0 }, offsetY)
    if (Number.isInteger(index)) onSelect(index, 0)
  }
  chart.getZr().on('click', click)
  return () => {
    if (!chart.isDisposed()) chart.getZr().off('click', click)
  }
}

/** Where a key leads from `at`, or null when it is not a key for walking. */
export function nextPoint(key: string, at: number, count: number): number | null {
  if (count === 0) return null
  const last = count - 1
  switch (key) {
    case 'ArrowRight':
      return Math.min(last, at + 1)
    case 'ArrowLeft':
      return Math.max(0, (at < 0 ? count : at) - 1)
    case 'Home':
      return 0
    case 'End':
      return last
    default:
      return null
  }
}
