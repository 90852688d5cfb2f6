/** Held back for the smallest storage. */
const LEAST = 262_144
/** Enough to rewrite a pack of 4 MiB and what goes with it. */
export const MOST_RESERVED = 8_388_608

/**
 * Bytes to hold back in a storage, so that deleting and rewriting work when there is no room left.
 *
 * A `share` of what is stored, rounded up to a power of two so that it grows seldom (growing it writes it anew), at
 * least 256 KiB and at most 8 MiB; and never more than 5 % of the quota. With a share of a quarter a storage of ten
 * documents holds back 256 KiB, one of 20 MB and more 8 MiB.
 */
export function reserveSize(stored: number, share: number, quota = Number.POSITIVE_INFINITY): number {
  const wanted = 2 ** Math.ceil(Math.log2(Math.max(stored, 1) * share))
  return Math.floor(Math.min(Math.max(wanted, LEAST), MOST_RESERVED, quota * 0.05))
}
