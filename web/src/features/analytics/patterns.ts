// What sells where, in words and in slices.

import type { Value } from '@/api/client'
import { filterValue, valueLabel } from '@/api/query'
import { formatShare, type Format } from '@/lib/number-format'

import type { Patterns } from './analyses'
import { tellP } from './seasons'

export type Pattern = Patterns['dimensions'][number]
export type PatternValue = Pattern['values'][number]

const TITLES: Record<string, string> = {
  channel: 'Channel performance',
  payment_method: 'Payment preference',
  category: 'Category distribution',
  segment: 'Customer segments',
  country: 'Countries',
}

export const titleOf = ({ name, label }: Pick<Pattern, 'name' | 'label'>) => TITLES[name] ?? label

const SLICES = 6

export interface Slice {
  label: string
  value: number
  filter: string | null | undefined // undefined: the rest, which is no value of its own.
}

/** A ring tells shares of a whole: up to six values, none of them below zero. */
export const isRing = (values: readonly PatternValue[]) =>
  values.length > 1 && values.length <= SLICES && values.every((value) => value.revenue >= 0)

export const slicesOf = (values: readonly PatternValue[]): Slice[] =>
  values
    .filter((value) => value.revenue > 0)
    .map((value) => ({
      label: valueLabel(value.value),
      value: value.revenue,
      filter: filterValue(value.value),
    }))

/** Under 30 orders an average says little; the value with the highest one has to have them. */
const FEW = 30

export function patternSentence(pattern: Pattern, format: Format): string {
  const { values, label } = pattern
  const [top] = values
  if (!top) return ''
  if (values.length === 1) return `All of it is ${named(top.value)}.`
  const brings = `${named(top.value)} brings ${formatShare(top.share, 0)} of revenue`
  const [highest] = values
    .filter((value) => value.average_order_value !== null && value.orders >= FEW)
    .toSorted((a, b) => (b.average_order_value ?? 0) - (a.average_order_value ?? 0))
  if (!highest) return `${brings}.`
  const orders = `${format.short(highest.average_order_value, 'currency')} an order`
  return highest === top
    ? `${brings} and has the largest orders, ${orders}.`
    : `${brings}; ${named(highest.value)} has the largest orders of any ${label.toLowerCase()}, ${orders}.`
}

/** Whether the values are chosen equally often, and their orders worth the same, or by chance. */
export function patternNote({ shares_test: shares, value_test: worth }: Pattern): string | null {
  const parts: string[] = []
  if (shares)
    parts.push(
      shares.p <= CHANCE
        ? `not chosen equally often (${tellP(shares.p)}, effect ${sizeOf(shares.effect)})`
        : `shares may be chance (${tellP(shares.p)})`,
    )
  if (worth)
    parts.push(
      worth.p <= CHANCE
        ? `orders are not worth the same (${tellP(worth.p)}, which explains ${formatShare(worth.effect)} of their ranks)`
        : `order values may differ by chance (${tellP(worth.p)})`,
    )
  return parts.length > 0 ? `Tests: ${parts.join('; ')}.` : null
}

const CHANCE = 0.05

/** Cohen's words for w. */
const sizeOf = (w: number) =>
  w >= 0.5 ? 'large' : w >= 0.3 ? 'medium' : w >= 0.1 ? 'small' : 'slight'

const named = (value: Value) => {
  const label = valueLabel(value)
  return label === 'not known' ? 'What is not known' : label
}
