// Predicted against observed: on the dashed line a model keeps its word. Each point carries the
// 95 % interval of its bin (Wilson), so that a small bin is not read as a failure.

import { useCallback, useRef } from 'react'

import { formatCount, formatShare } from '@/lib/number-format'

import { useChartHandle } from './handle'
import styles from './reliability-chart.module.css'
import { svgToPng } from './svg-png'
import { useTokens } from './tokens'
import { useWidth } from './use-width'

export interface ReliabilityBin {
  predicted: number
  observed: number
  n: number
}

export interface ReliabilityChartProps {
  title: string // The takeaway sentence.
  bins: readonly ReliabilityBin[]
}

const WIDTH = 420 // Until the box is measured.
const H = 216
const BOX = { left: 44, right: 12, top: 12, bottom: 26 }
const TICKS = [0, 0.25, 0.5, 0.75, 1]

/** Wilson score interval for a share of n, z = 1.96. */
export function wilson(share: number, n: number): { low: number; high: number } {
  if (n === 0) return { low: 0, high: 1 }
  const z2 = 1.96 ** 2
  const middle = (share + z2 / (2 * n)) / (1 + z2 / n)
  const half = (1.96 * Math.sqrt((share * (1 - share)) / n + z2 / (4 * n * n))) / (1 + z2 / n)
  return { low: Math.max(0, middle - half), high: Math.min(1, middle + half) }
}

export function ReliabilityChart({ title, bins }: ReliabilityChartProps) {
  const svg = useRef<SVGSVGElement>(null)
  const [box, width] = useWidth<HTMLDivElement>(WIDTH)
  const tokens = useTokens()
  const png = useCallback(
    () => (svg.current ? svgToPng(svg.current, tokens.surface) : Promise.resolve('')),
    [tokens],
  )
  useChartHandle(png)
  const x = (value: number) => BOX.left + value * (width - BOX.left - BOX.right)
  const y = (value: number) => H - BOX.bottom - value * (H - BOX.top - BOX.bottom)
  const filled = bins.filter((bin) => bin.n > 0)
  const line = filled.map((bin) => `${x(bin.predicted)},${y(bin.observed)}`).join(' ')
  return (
    <div ref={box}>
      <svg
        ref={svg}
        className={styles.chart}
        viewBox={`0 0 ${width} ${H}`}
        role="img"
        aria-label={title}
      >
        {TICKS.map((tick) => (
          <g key={tick}>
            <line
              className={tick === 0 ? styles.axis : styles.grid}
              x1={x(0)}
              x2={x(1)}
              y1={y(tick)}
              y2={y(tick)}
            />
            {tick % 0.5 === 0 && (
              <text x={x(0) - 8} y={y(tick) + 4} textAnchor="end">
                {formatShare(tick, 0)}
              </text>
            )}
            <text x={x(tick)} y={H - 8} textAnchor={tick === 1 ? 'end' : 'middle'}>
              {formatShare(tick, 0)}
            </text>
          </g>
        ))}
        <line className={styles.perfect} x1={x(0)} y1={y(0)} x2={x(1)} y2={y(1)} />
        <polyline className={styles.line} points={line} />
        {filled.map((bin) => {
          const { low, high } = wilson(bin.observed, bin.n)
          return (
            <g key={bin.predicted}>
              <line
                className={styles.interval}
                x1={x(bin.predicted)}
                x2={x(bin.predicted)}
                y1={y(low)}
                y2={y(high)}
              />
              <circle
                className={bin.n < 30 ? styles.few : styles.dot}
                cx={x(bin.predicted)}
                cy={y(bin.observed)}
                r={bin.n < 30 ? 3.5 : 4}
              >
                <title>{`Predicted ${formatShare(bin.predicted)}, observed ${formatShare(bin.observed)}, n = ${formatCount(bin.n)}`}</title>
              </circle>
            </g>
          )
        })}
      </svg>
    </div>
  )
}
