/**
 * The value below which this share of the values lies, with straight lines between neighbours; the median for 0.5.
 *
 * @param {readonly number[]} values at least one
 * @param {number} share from 0 to 1
 */
export function quantile(values, share) {
  if (values.length === 0) throw new RangeError('a quantile of no values')
  const sorted = [...values].sort((a, b) => a - b)
  const at = share * (sorted.length - 1)
  const below = Number(sorted[Math.floor(at)])
  return below + (Number(sorted[Math.ceil(at)]) - below) * (at - Math.floor(at))
}
