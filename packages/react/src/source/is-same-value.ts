import { fingerprint } from './fingerprint.js'

/** Whether two values say the same, as documents do: by what they hold, not by identity. */
export function isSameValue(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  return fingerprint(a) === fingerprint(b)
}
