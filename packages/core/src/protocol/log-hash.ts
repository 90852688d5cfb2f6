import { sha256 } from '@noble/hashes/sha2.js'
import { concatBytes } from '../primitives/bytes.js'

/** The running hash before the first entry. */
export const EMPTY_LOG_HASH: Uint8Array = new Uint8Array(32)

/** The running hash after an entry: SHA-256 of the hash before it and the digest of its pack. */
export function advanceLogHash(before: Uint8Array, digest: Uint8Array): Uint8Array {
  return sha256(concatBytes(before, digest))
}

/** SHA-256 of a pack, as the log keeps it. */
export function digestPack(pack: Uint8Array): Uint8Array {
  return sha256(pack)
}
