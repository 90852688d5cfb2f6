import { FirekeepError } from '../errors.js'
import { bytesToUtf8, fromBase64Url, toBase64Url, utf8ToBytes } from '../primitives/bytes.js'

/** The record of a secret that came after the registry entry it belongs to. */
export function encodeAddedSecret(secret: Uint8Array): Uint8Array {
  return utf8ToBytes(toBase64Url(secret))
}

/** `CORRUPT` when the record is not a secret of this length. */
export function decodeAddedSecret(record: Uint8Array, length: number): Uint8Array {
  const secret = fromBase64Url(decodeText(record))
  if (secret?.length === length) return secret
  throw new FirekeepError('CORRUPT', 'a secret in the key store is damaged: open the link again')
}

function decodeText(record: Uint8Array): string {
  try {
    return bytesToUtf8(record)
  } catch {
    // No text at all, so no base64url either.
    return '!'
  }
}
