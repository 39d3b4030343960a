/**
 * Whether two series of buckets differ no more than their buckets do by themselves.
 *
 * Shape: pairs of buckets in order of time; pairs with a missing side are left out.
 * Method: the mean of the paired differences against two of its standard errors. The noise is taken
 *   from bucket to bucket (von Neumann: half the mean square of successive steps), so that a slow
 *   rise during the period counts as change and not as noise.
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
  const steps = differences.slice(1).map((value, index) => value - (differences[index] ?? 0))
  const noise = steps.reduce((sum, step) => sum + step ** 2, 0) / (2 * steps.length)
  return Math.abs(mean) < 2 * Math.sqrt(noise / n)
}
