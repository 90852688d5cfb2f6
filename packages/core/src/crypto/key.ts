import { FirekeepError } from '../errors.js'
import { isUint8Array } from '../primitives/built-in.js'
import { fromBase64Url } from '../primitives/bytes.js'

/** The length of a root secret, in bytes. */
export const KEY_BYTES = 32
/** The length of a read secret: the content key and the public write key. */
export const READ_SECRET_BYTES = 64

/**
 * The key that a user gave: a root secret (32 bytes) or a read secret (64 bytes), or their base64url as `exportKey`
 * returns it. `INVALID_OPTION` for anything else, a passphrase in particular.
 */
export function parseKey(key: unknown): Uint8Array {
  const bytes =
    typeof key === 'string' ? fromBase64Url(key.trim()) : isUint8Array(key) ? new Uint8Array(key) : undefined
  if (bytes?.length === KEY_BYTES || bytes?.length === READ_SECRET_BYTES) return bytes
  // The message must not show what was given: it may be the secret with a typing error.
  throw new FirekeepError(
    'INVALID_OPTION',
    "key must be 32 random bytes as a Uint8Array, or the 43 characters that exportKey() returns; to read only, the 64 bytes or 86 characters of exportKey({ permission: 'read' }); a passphrase is no key, as it can be guessed: use crypto.getRandomValues(new Uint8Array(32))",
    { details: { option: 'key' } },
  )
}
