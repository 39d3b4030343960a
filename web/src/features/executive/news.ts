// The one sentence a leader could repeat. It says only what the numbers of this page say.

import { formatShare } from '@/lib/number-format'

import { changesBySide, totalChange, type Change } from './drivers'

export interface NewsInput {
  metric: string // Revenue
  now: number | null
  before: number | null
  normal: boolean // The change is within normal variation.
  versus: string | null // previous 26 weeks
  changes: readonly Change[]
  sides: [string, string] | null // Labels of the two dimensions of the changes.
}

/** Numbers to remember stand between ** marks. */
export function newsOf(input: NewsInput): string {
  const { metric, now, before, versus } = input
  if (now === null) return `There is no ${metric.toLowerCase()} in this period.`
  if (versus === null)
    return 'Nothing to compare with: choose a period to compare to see what changed.'
  if (before === null || before === 0)
    return `There is no ${metric.toLowerCase()} in the ${versus} to compare with.`
  const growth = (now - before) / before
  if (Math.abs(growth) < 0.0005) return `${metric} is the same as in the ${versus}.`
  const verb = growth > 0 ? 'grew' : 'fell'
  const head = `${metric} ${verb} **${formatShare(Math.abs(growth))}**`
  if (input.normal) return `${head}, which is within normal variation.`
  return `${head}.${driverSentence(input, growth > 0)}`
}

function driverSentence(input: NewsInput, up: boolean): string {
  const { changes, sides } = input
  const total = totalChange(changes)
  if (!sides || changes.length < 2 || total === 0 || up !== total > 0) return ''
  const [top] = changesBySide(changes, 'first')
  if (!top || Math.sign(top.change) !== Math.sign(total)) return ''
  const share = top.change / total
  const inside = changes.filter((change) => change.label.startsWith(`${top.label} · `))
  const [place] = changesBySide(inside, 'second')
  const most = place && place.change / top.change > 0.5 && inside.length > 1
  const where = most ? `, most of it in ${place.label}` : ''
  const what = up ? 'gain' : 'loss'
  // Above the whole, others moved the other way; a share over 100 % would puzzle.
  const part =
    share > 1 ? `more than the whole ${what}` : `**${formatShare(share, 0)}** of the ${what}`
  return ` ${sides[0]} ${top.label} ${up ? 'brought' : 'made'} ${part}${where}.`
}
