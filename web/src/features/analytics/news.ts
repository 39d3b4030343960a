// The one sentence a leader could repeat, for each tab. Numbers to remember stand between ** marks.

import { countOf, formatShare, type Format } from '@/lib/number-format'

import type { Correlations, Outliers, Patterns } from './analyses'
import type { Board, BoardRow } from './boards'
import { outsideShare, words, worstColumn } from './outliers'
import type { Strip } from './strips'

export function trendsNews(
  strip: Strip | undefined,
  versus: string | null,
  boards: readonly { label: string; board: Board }[],
  format: Format,
): string | null {
  if (!strip || strip.state === 'loading' || strip.state === 'failed') return null
  const { label, unit, good } = strip.metric
  if (strip.value === null) return `There is no ${label.toLowerCase()} in this period.`
  const value = format.short(strip.value, unit)
  if (strip.state === 'timeless')
    return `${label} is **${value}** as of the latest data, whatever the period.`
  const delta = format.delta(strip.value, strip.before, unit, good)
  if (!delta || versus === null) return `${label} is **${value}** in this period.`
  if (delta.direction === 'same') return `${label} is the same as in the ${versus}: **${value}**.`
  const verb = delta.direction === 'up' ? 'rose' : 'fell'
  const much = (delta.relative ?? delta.absolute).replace(/^[+\u2212]/, '')
  const head = `${label} ${verb} by **${much}** to **${value}**`
  if (strip.normal) return `${head}, which is within normal variation.`
  const top = strongest(boards)
  if (!top) return `${head} against the ${versus}.`
  const what = delta.direction === 'up' ? 'gain' : 'loss'
  const part =
    top.share > 1
      ? `more than the whole ${what}`
      : `**${formatShare(top.share, 0)}** of the ${what}`
  return `${head} against the ${versus}; ${top.board.toLowerCase()} ${top.row.label} made ${part}.`
}

/** The row that carried most of the change, in the direction of the change. */
function strongest(boards: readonly { label: string; board: Board }[]) {
  let best: { board: string; row: BoardRow; share: number } | null = null
  for (const { label, board } of boards) {
    if (board.rows.length < 2) continue // One value is the whole, which says nothing.
    for (const row of board.rows) {
      if (row.contribution === null || row.contribution < 0.3 || row.faded) continue
      if (!best || row.contribution > best.share)
        best = { board: label, row, share: row.contribution }
    }
  }
  return best
}

export function outliersNews({ columns }: Outliers): string {
  const worst = worstColumn(columns)
  if (!worst) return 'There is no column of numbers to look at.'
  const share = outsideShare(worst)
  if (share === null || share === 0) return 'No value lies outside the quartile rule in any column.'
  return `**${formatShare(share)}** of the values of ${worst.label.toLowerCase()} in ${words(worst.table)} lie outside the quartile rule, more than in any other column.`
}

export function correlationsNews(found: Correlations): string {
  const [first] = found.strong.toSorted((a, b) => Math.abs(b.r) - Math.abs(a.r))
  const label = (name: string) =>
    found.columns.find((column) => column.name === name)?.label ?? name
  if (!first) return `No two numbers of a ${found.entity} move together strongly.`
  const way = first.r > 0 ? 'rise together' : 'move against each other'
  return `**${label(first.a)}** and **${label(first.b).toLowerCase()}** ${way}: r = **${told(first.r)}** over ${countOf(first.n, found.entity)}.`
}

/** Two decimals and a true minus. */
export const told = (r: number) => r.toFixed(2).replace('-', '\u2212')

export function patternsNews(patterns: Patterns): string {
  const parts = patterns.dimensions
    .flatMap(({ label, values }) => {
      const [top] = values
      if (!top || values.length < 2 || top.share === null || top.value === null) return []
      return [`${label.toLowerCase()} **${String(top.value)}** ${formatShare(top.share, 0)}`]
    })
    .slice(0, 3)
  if (parts.length === 0) return 'Nothing was sold in this period.'
  return `Largest shares of revenue: ${parts.join(', ')}.`
}
