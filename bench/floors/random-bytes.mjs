/** What `getRandomValues` fills at most in one call. */
const CHUNK = 65_536

/**
 * Random bytes, as no storage can compress them, just like ciphertext.
 *
 * @param {number} length
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function randomBytes(length) {
  const bytes = new Uint8Array(length)
  for (let at = 0; at < length; at += CHUNK) crypto.getRandomValues(bytes.subarray(at, at + CHUNK))
  return bytes
}
