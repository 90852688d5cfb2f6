/** Freezes a document in place: one object is shown to many, and who changes it must make his own. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value
  for (const field of Object.values(value)) deepFreeze(field)
  return Object.freeze(value)
}
