// Predicted against observed: on the dashed line a model keeps its word. Each point carries the
// 95 % interval of its bin (Wilson), so that a small bin is not read as a failure.

import { cx } from '@/lib/class-names'
import { formatCount, formatShare } from '@/lib/number-format'

import styles from './reliability-chart.module.css'
import { SharePlot, SHARES, type Scales } from './share-plot'
import plot from './share-plot.module.css'

export interface ReliabilityBin {
  predicted: number
  observed: number
  n: number
}

export interface ReliabilityChartProps {
  title: string // The takeaway sentence.
  bins: readonly ReliabilityBin[]
}

/** Wilson score interval for a share of n, z = 1.96. */
export function wilson(share: number, n: number): { low: number; high: number } {
  if (n === 0) return { low: 0, high: 1 }
  const z2 = 1.96 ** 2
  const middle = (share + z2 / (2 * n)) / (1 + z2 / n)
  const half = (1.96 * Math.sqrt((share * (1 - share)) / n + z2 / (4 * n * n))) / (1 + z2 / n)
  return { low: Math.max(0, middle - half), high: Math.min(1, middle + half) }
}

export function ReliabilityChart({ title, bins }: ReliabilityChartProps) {
  const filled = bins.filter((bin) => bin.n > 0)
  const draw = ({ x, y }: Scales) => (
    <>
      <polyline
        className={cx(plot.line, styles.line)}
        points={filled.map((bin) => `${x(bin.predicted)},${y(bin.observed)}`).join(' ')}
      />
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
    </>
  )
  return (
    <SharePlot
      title={title}
      most={1}
      ticks={SHARES.map((at) => ({ at, text: formatShare(at, 0) }))}
      diagonal
      draw={draw}
    />
  )
}
