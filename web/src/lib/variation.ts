/**
 * Whether two series of buckets differ no more than their buckets do by themselves.
 *
 * Shape: pairs of buckets in order; pairs with a missing side are left out.
 * Method: paired differences d; normal when |mean(d)| < 2 standard errors of d. Buckets are taken
 *   as independent, which real weeks are not quite, so this calls too little normal, never too much.
 * Answers false under 6 pairs: too few to call anything normal.
 */
export function withinNormalVariation(
  now: readonly (number | null)[],
  before: readonly (number | null)[],
): boolean {
  const differences = now.flatMap((value, index) => {
    const other = before[index]
    return value === null || other === null || other === undefined ? [] : [value - other]
  })
  const n = differences.length
  if (n < 6) return false
  const mean = differences.reduce((sum, value) => sum + value, 0) / n
  const squares = differences.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return Math.abs(mean) < 2 * Math.sqrt(squares / (n - 1) / n)
}
