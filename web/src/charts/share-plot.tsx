// A plot whose height is a share, from nothing to all: its grid, its ticks, its line of comparison.
// What is drawn in it comes from the chart.

import { useCallback, useRef, type ReactNode } from 'react'

import { formatShare } from '@/lib/number-format'

import { useChartHandle } from './handle'
import styles from './share-plot.module.css'
import { svgToPng } from './svg-png'
import { useTokens } from './tokens'
import { useWidth } from './use-width'

const WIDTH = 420 // Until the box is measured.
const BOX = { left: 44, right: 14, top: 12, bottom: 26 }
export const SHARES = [0, 0.25, 0.5, 0.75, 1]

export interface Scales {
  x: (value: number) => number
  y: (share: number) => number
}

export interface SharePlotProps {
  title: string // The takeaway sentence.
  most: number // The right end.
  ticks: readonly { at: number; text: string }[]
  diagonal: boolean // Draws the line on which both axes say the same.
  height?: number
  draw: (scales: Scales) => ReactNode
  children?: ReactNode // Below the plot.
}

export function SharePlot(props: SharePlotProps) {
  const { title, most, ticks, diagonal, height = 216, draw, children } = props
  const svg = useRef<SVGSVGElement>(null)
  const [box, width] = useWidth<HTMLDivElement>(WIDTH)
  const tokens = useTokens()
  const png = useCallback(
    () => (svg.current ? svgToPng(svg.current, tokens.surface) : Promise.resolve('')),
    [tokens],
  )
  useChartHandle(png)
  const x = (value: number) => BOX.left + (value / (most || 1)) * (width - BOX.left - BOX.right)
  const y = (share: number) => height - BOX.bottom - share * (height - BOX.top - BOX.bottom)
  return (
    <div ref={box}>
      <svg
        ref={svg}
        className={styles.chart}
        viewBox={`0 0 ${width} ${height}`}
        role="img"
        aria-label={title}
      >
        {SHARES.map((share) => (
          <g key={share}>
            <line
              className={share === 0 ? styles.axis : styles.grid}
              x1={x(0)}
              x2={x(most)}
              y1={y(share)}
              y2={y(share)}
            />
            {share % 0.5 === 0 && (
              <text x={x(0) - 8} y={y(share) + 4} textAnchor="end">
                {formatShare(share, 0)}
              </text>
            )}
          </g>
        ))}
        {ticks.map(({ at, text }) => (
          <text
            key={at}
            x={x(at)}
            y={height - 8}
            textAnchor={at >= 0.97 * most ? 'end' : at === 0 ? 'start' : 'middle'}
          >
            {text}
          </text>
        ))}
        {diagonal && (
          <line className={styles.reference} x1={x(0)} y1={y(0)} x2={x(most)} y2={y(1)} />
        )}
        {draw({ x, y })}
      </svg>
      {children}
    </div>
  )
}
