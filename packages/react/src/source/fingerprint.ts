import { isPlainObject } from './is-plain-object.js'

const MAX_DEPTH = 128

const idByObject = new WeakMap<object, number>()
let lastId = 0

/**
 * A text that is equal for equal values, so that options written inline, new objects at every render, count as
 * unchanged.
 *
 * Plain objects (the order of their fields aside, `undefined` fields absent), arrays, dates and bytes go by what
 * they hold; functions and all other objects by identity, and so does what lies deeper than a document may.
 */
export function fingerprint(value: unknown, depth = 0): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'function') return identity(value)
  if (typeof value !== 'object' || value === null) return String(value)
  if (depth > MAX_DEPTH) return identity(value)
  if (Array.isArray(value)) return `[${value.map(item => fingerprint(item, depth + 1)).join(',')}]`
  if (value instanceof Uint8Array) return `bytes(${value.join(',')})`
  if (value instanceof Date) return `date(${value.getTime()})`
  return isPlainObject(value) ? fieldsOf(value, depth) : identity(value)
}

function fieldsOf(value: object, depth: number): string {
  const fields = Object.entries(value).filter(([, field]) => field !== undefined)
  fields.sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${fingerprint(field, depth + 1)}`).join(',')}}`
}

function identity(value: object): string {
  let id = idByObject.get(value)
  if (id === undefined) {
    id = ++lastId
    idByObject.set(value, id)
  }
  return `object(${id})`
}
