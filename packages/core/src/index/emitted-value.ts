import { normalizeDocument } from '../codec/document.js'
import { isWellFormed } from '../primitives/well-formed.js'

/**
 * What a map function emitted with a key, as a frozen copy of its own: entries are shared by all readers of an
 * index, and stored. It may be what a field of a document may be, and becomes what that becomes; `undefined` is
 * `null`. `INVALID_DOCUMENT` for anything else.
 */
export function ownEmittedValue(value: unknown): unknown {
  if (value === undefined || value === null || typeof value === 'boolean') return value ?? null
  if (typeof value === 'string' && isWellFormed(value)) return value
  if (typeof value === 'number' && Number.isFinite(value)) return value === 0 ? 0 : value
  return deepFreeze(normalizeDocument({ value }).fields.value)
}

/** Freezes what was made of JSON; bytes cannot be frozen. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value
  for (const key of Object.keys(value)) deepFreeze((value as Record<string, unknown>)[key])
  return Object.freeze(value)
}
