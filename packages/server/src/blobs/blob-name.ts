import { toBase32 } from '@firekeep/core/protocol'

// 256 bits are 51 characters of five bits and one bit: the last character is one of two.
const PATTERN = /^[a-z2-7]{51}[aq]$/

/** The name of a blob, and the version of a pointer: base32 (lower case, no padding) of the SHA-256 of its bytes. */
export function digestToName(digest: Uint8Array): string {
  return toBase32(digest)
}

/** Whether a text is the name of some blob. */
export function isBlobName(text: string): boolean {
  return PATTERN.test(text)
}
