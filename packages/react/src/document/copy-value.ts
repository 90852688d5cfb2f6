import { isPlainObject } from '../source/is-plain-object.js'

const MAX_DEPTH = 128

/**
 * A copy of a field's value in the form in which it will be stored: dates as ISO strings, `undefined` fields
 * left out, no -0. So a draft does not change when its author goes on with his array, and equals what the
 * database gives back for it. What cannot be stored is passed on as it is: the put says what is wrong with it.
 */
export function copyValue(value: unknown, depth = 0): unknown {
  if (value === 0) return 0
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return value
  if (Array.isArray(value)) return value.map(item => copyValue(item, depth + 1))
  if (value instanceof Uint8Array) return new Uint8Array(value)
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? value : value.toISOString()
  return isPlainObject(value) && !isAttachment(value) ? copyFields(value, depth) : value
}

/** One that was read never changes, and a copy of its fields could not load its content. */
function isAttachment(value: object): boolean {
  return typeof (value as { readonly file?: unknown }).file === 'function'
}

function copyFields(value: object, depth: number): object {
  const fields = Object.entries(value).filter(([, field]) => field !== undefined)
  return Object.fromEntries(fields.map(([name, field]) => [name, copyValue(field, depth + 1)]))
}
