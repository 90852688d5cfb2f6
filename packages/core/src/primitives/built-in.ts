/**
 * Recognises built-in objects by their internal slots, so that they are found whatever realm made them (a frame,
 * a test environment) and never mistaken because of what they pretend to be.
 */

const typedArrayName = Object.getOwnPropertyDescriptor(
  Object.getPrototypeOf(Uint8Array.prototype),
  Symbol.toStringTag,
)?.get as (this: unknown) => string | undefined

/** Whether `value` is a `Uint8Array` of any realm, `Buffer` and other subclasses included. */
export function isUint8Array(value: unknown): value is Uint8Array {
  return typedArrayName.call(value) === 'Uint8Array'
}

/** Whether `value` is a `Date` of any realm. */
export function isDate(value: unknown): value is Date {
  if (value instanceof Date) return true
  if (Object.prototype.toString.call(value) !== '[object Date]') return false
  try {
    Date.prototype.getTime.call(value)
    return true
  } catch {
    return false
  }
}

/** A date in ISO form, `undefined` for an invalid one. Reads the slot, not a method that may be overridden. */
export function dateToText(date: Date): string | undefined {
  const time = Date.prototype.getTime.call(date)
  return Number.isNaN(time) ? undefined : new Date(time).toISOString()
}
