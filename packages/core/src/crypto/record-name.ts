import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { toBase32, utf8ToBytes } from '../primitives/bytes.js'
import { createHkdf } from './hkdf.js'

/**
 * Makes storage names that say nothing to those without the content key (L8): an HMAC of the plain name under
 * a key derived from it.
 */
export async function createRecordNamer(contentKey: Uint8Array): Promise<(name: string) => string> {
  const hkdf = await createHkdf(contentKey)
  const key = await hkdf.derive('firekeep/1/record-name', 32)
  return name => toBase32(hmac(sha256, key, utf8ToBytes(name)))
}
