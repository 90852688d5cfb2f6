import { sha256 } from '@noble/hashes/sha2.js'
import { toBase32, utf8ToBytes } from '../primitives/bytes.js'

/** A short name for a text, the same for the same text: its SHA-256 in base32. At once, unlike WebCrypto. */
export function digestName(text: string): string {
  return toBase32(sha256(utf8ToBytes(text)))
}
