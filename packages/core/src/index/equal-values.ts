import { equalBytes } from '../primitives/bytes.js'

/** Whether two JSON values, which may hold bytes, are equal in content. */
export function equalValues(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (a instanceof Uint8Array || b instanceof Uint8Array) {
    return a instanceof Uint8Array && b instanceof Uint8Array && equalBytes(a, b)
  }
  if (Array.isArray(a) !== Array.isArray(b)) return false
  const keys = Object.keys(a)
  if (keys.length !== Object.keys(b).length) return false
  return keys.every(key => Object.hasOwn(b, key) && equalValues(at(a, key), at(b, key)))
}

function at(value: object, key: string): unknown {
  return (value as Record<string, unknown>)[key]
}
