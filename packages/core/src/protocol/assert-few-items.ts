import { FirekeepError } from '../errors.js'

/**
 * `CORRUPT` when CBOR has more than `most` items (each key, value, array, map and tag is one), an item of indefinite
 * length, or a text or bytes cut short. Linear, and it makes nothing: a byte of CBOR may decode to an object of a
 * hundred, so this goes before decoding what anybody may send.
 */
export function assertFewItems(cbor: Uint8Array, most: number): void {
  let at = 0
  // The items of an array or map stand after its head, so that no nesting need be followed.
  for (let items = 1; at < cbor.length; items++) {
    if (items > most) throw corrupt(`a message has more than ${most} items`)
    at = endOfItem(cbor, at)
  }
  if (at > cbor.length) throw corrupt('a message is cut short')
}

const BYTES = 2
const TEXT = 3
const LONGEST_SHORT = 23
/** The additional information of a head with an argument of eight bytes; what is above is no definite length. */
const LONGEST_HEAD = 27

/** Where the head ends; of bytes and texts, where they end. Past the end of `cbor` where it is cut short. */
function endOfItem(cbor: Uint8Array, start: number): number {
  const initial = cbor[start] as number
  const major = initial >> 5
  const info = initial & 31
  if (info > LONGEST_HEAD) throw corrupt('a message has an item without a length')
  const end = start + 1 + (info <= LONGEST_SHORT ? 0 : 2 ** (info - LONGEST_SHORT - 1))
  if (major !== BYTES && major !== TEXT) return end
  return info <= LONGEST_SHORT ? end + info : end + numberAt(cbor, start + 1, end)
}

/** A big-endian number; one past 2^53 is inexact, and too long for any message. */
function numberAt(cbor: Uint8Array, start: number, end: number): number {
  let number = 0
  for (let at = start; at < end; at++) number = number * 256 + (cbor[at] ?? 0)
  return number
}

function corrupt(message: string): FirekeepError {
  return new FirekeepError('CORRUPT', message)
}
