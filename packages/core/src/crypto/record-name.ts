import { concatBytes, toBase32, utf8ToBytes } from '../primitives/bytes.js'
import { sha256 } from '../primitives/sha256.js'
import { createHkdf } from './hkdf.js'

const BLOCK_BYTES = 64

/**
 * Makes storage names that say nothing to those without the content key (L8): an HMAC of the plain name under
 * a key derived from it.
 */
export async function createRecordNamer(contentKey: Uint8Array): Promise<(name: string) => string> {
  const hkdf = await createHkdf(contentKey)
  const key = await hkdf.derive('firekeep/1/record-name', 32)
  return name => toBase32(hmacSha256(key, utf8ToBytes(name)))
}

/** HMAC-SHA-256 (RFC 2104) for keys of at most 64 bytes. */
function hmacSha256(key: Uint8Array, message: Uint8Array): Uint8Array {
  const inner = new Uint8Array(BLOCK_BYTES).fill(0x36)
  const outer = new Uint8Array(BLOCK_BYTES).fill(0x5c)
  key.forEach((byte, i) => {
    inner[i] = byte ^ 0x36
    outer[i] = byte ^ 0x5c
  })
  return sha256(concatBytes(outer, sha256(concatBytes(inner, message))))
}
