/** Four or five round numbers that cover the values; from zero when `fromZero`. */
export function niceTicks(values: readonly number[], fromZero = true, wanted = 4): number[] {
  const finite = values.filter(Number.isFinite)
  let low = Math.min(...finite, fromZero ? 0 : Infinity)
  let high = Math.max(...finite, fromZero ? 0 : -Infinity)
  if (finite.length === 0) [low, high] = [0, 1]
  if (low === high) [low, high] = low === 0 ? [0, 1] : [Math.min(low, 0), Math.max(high, 0)]
  const rough = (high - low) / wanted
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = ([1, 2, 2.5, 5, 10].find((factor) => factor * power >= rough * 0.999) ?? 10) * power
  const first = Math.floor(low / step + 1e-9)
  const last = Math.ceil(high / step - 1e-9)
  return Array.from({ length: last - first + 1 }, (_, index) =>
    Number(((first + index) * step).toPrecision(12)),
  )
}
