import { isUint8Array } from '../primitives/built-in.js'

/** Checks a value that came over the network; answers whether it has the form. */
export type Shape = (value: unknown) => boolean

/** A whole number from `least` to 2^53 - 1. */
export function wholeNumber(least = 0): Shape {
  return value => Number.isSafeInteger(value) && (value as number) >= least
}

/** A text of at most `most` UTF-16 units. */
export function text(most: number): Shape {
  return value => typeof value === 'string' && value.length <= most
}

/** Bytes, exactly `length` of them where that is given. */
export function bytes(length?: number): Shape {
  return value => isUint8Array(value) && (length === undefined || (value as Uint8Array).length === length)
}

export function oneOf(...values: readonly unknown[]): Shape {
  return value => values.includes(value)
}

export function either(...shapes: readonly Shape[]): Shape {
  return value => shapes.some(shape => shape(value))
}

/** An array of at most `most` values of a form. */
export function listOf(shape: Shape, most: number): Shape {
  return value => Array.isArray(value) && value.length <= most && value.every(shape)
}

/** An object with exactly these fields; those of `optional` may be missing. */
export function record(fields: Readonly<Record<string, Shape>>, optional: readonly string[] = []): Shape {
  const names = Object.keys(fields)
  return value => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
    const given = value as Record<string, unknown>
    if (!Object.keys(given).every(name => Object.hasOwn(fields, name))) return false
    return names.every(name =>
      Object.hasOwn(given, name) ? (fields[name] as Shape)(given[name]) : optional.includes(name),
    )
  }
}
