/**
 * A count as the tables show it.
 *
 * @param {number} count
 */
export function grouped(count) {
  return count.toLocaleString('en')
}
