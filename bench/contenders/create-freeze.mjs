/**
 * A copy in which every string is one value.
 *
 * @param {(text: string) => unknown} wrap
 * @returns {(value: any) => any}
 */
export function createFreeze(wrap) {
  /** @type {(value: any) => any} */
  const freeze = value => {
    if (typeof value === 'string') return wrap(value)
    if (Array.isArray(value)) return value.map(freeze)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, freeze(member)]))
  }
  return freeze
}
