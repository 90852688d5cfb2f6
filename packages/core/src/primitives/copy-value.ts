/** A deep copy of what a document may hold: several times as fast as `structuredClone`, or as parsing its text. */
export function copyValue<T>(value: T): T
export function copyValue(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) {
    const items = new Array<unknown>(value.length)
    for (let i = 0; i < items.length; i += 1) items[i] = copyValue(value[i])
    return items
  }
  return value instanceof Uint8Array ? value.slice() : copyFields(value as Record<string, unknown>)
}

function copyFields(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const copy: Record<string, unknown> = {}
  for (const key of Object.keys(fields)) {
    const field = fields[key]
    const value = typeof field === 'object' ? copyValue(field) : field
    if (key !== '__proto__') copy[key] = value
    else Object.defineProperty(copy, key, { value, writable: true, enumerable: true, configurable: true })
  }
  return copy
}
