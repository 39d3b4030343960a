// The filter chips and their place in the address: f=segment:Premium,Regular;country!:UK
// A value may hold anything: what the grammar needs for itself is percent-encoded inside it.

export interface Filter {
  field: string
  exclude: boolean
  values: (string | null)[] // null is a missing value.
}

const NULL = '(null)'
const escape = (text: string) =>
  text === NULL
    ? '%28null%29'
    : text.replace(/[%,;:!]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)

function unescape(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text // A hand-written lone % is taken as it stands.
  }
}

/** Reads what it can; a part without a field or without values is left out. */
export function parseFilters(text: string | undefined): Filter[] {
  const filters: Filter[] = []
  for (const part of (text ?? '').split(';')) {
    const match = /^([^:!]+)(!?):(.+)$/s.exec(part)
    if (!match) continue
    const [, field = '', not, list = ''] = match
    const values = list.split(',').map((value) => (value === NULL ? null : unescape(value)))
    filters.push({ field: unescape(field), exclude: not === '!', values: [...new Set(values)] })
  }
  return filters
}

export const formatFilters = (filters: readonly Filter[]): string | undefined =>
  filters
    .filter((filter) => filter.values.length > 0)
    .map(({ field, exclude, values }) => {
      const list = values.map((value) => (value === null ? NULL : escape(value))).join(',')
      return `${escape(field)}${exclude ? '!' : ''}:${list}`
    })
    .join(';') || undefined

/** Replaces the filter on a field, or drops it when no values are left. */
export function setFilter(filters: readonly Filter[], next: Filter): Filter[] {
  const at = filters.findIndex((filter) => filter.field === next.field)
  const rest = filters.filter((filter) => filter.field !== next.field)
  if (next.values.length === 0) return rest
  return at < 0 ? [...rest, next] : rest.toSpliced(at, 0, next)
}

/** A click on a mark: filters to the value, or takes it back when it is the only one already. */
export function toggleValue(
  filters: readonly Filter[],
  field: string,
  value: string | null,
  exclude = false,
): Filter[] {
  const old = filters.find((filter) => filter.field === field && filter.exclude === exclude)
  const has = old?.values.includes(value) ?? false
  if (!exclude)
    return setFilter(filters, {
      field,
      exclude,
      values: has && old?.values.length === 1 ? [] : [value],
    })
  const values = has
    ? (old?.values.filter((item) => item !== value) ?? [])
    : [...(old?.values ?? []), value]
  return setFilter(filters, { field, exclude, values })
}
