import type { CID } from '../codec/cid.js'

/** The SHA-256 of a block as a string of 16 code units: equal for equal digests, and good as a map key. */
export type DigestKey = string & { readonly __brand: 'DigestKey' }

/** Blocks are found by digest: equal bytes under two codecs are one. */
export function digestKey(cid: CID): DigestKey {
  return digestKeyAt(cid.multihash.digest, 0)
}

/**
 * The key of the digest that stands in `bytes` from `at`. Written out, two bytes a unit, because every read of a
 * block makes one: a loop, or an array of arguments, takes five to ten times as long.
 */
export function digestKeyAt(bytes: Uint8Array, at: number): DigestKey {
  const unit = (i: number) => ((bytes[at + i] as number) << 8) | (bytes[at + i + 1] as number)
  return String.fromCharCode(
    unit(0),
    unit(2),
    unit(4),
    unit(6),
    unit(8),
    unit(10),
    unit(12),
    unit(14),
    unit(16),
    unit(18),
    unit(20),
    unit(22),
    unit(24),
    unit(26),
    unit(28),
    unit(30),
  ) as DigestKey
}
