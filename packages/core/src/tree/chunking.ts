/**
 * The chunking law: where the sequence of entries of one level of a tree is cut into nodes. It is part of the format
 * (`docs/format.md`), as equal contents must give equal bytes on every replica (L1).
 *
 * Entries are taken greedily from the left. A chunk ends after an entry when the chunk has {@link MIN_CHUNK_BYTES} and
 * the hash of that entry's key, as a fraction of 2^32, is below `entry bytes / (TARGET − MIN)`; it ends in any case
 * with {@link MAX_CHUNK_BYTES}, and with the last entry of its level. So whether a chunk ends depends on nothing but
 * the chunk itself: after a change only the chunks up to the next common boundary differ.
 *
 * Weighing by entry bytes makes the average size the target, whatever the size of entries. Above the leaves a chunk
 * has at least two entries (unless it is the last), so that long keys cannot make a level as wide as the one below.
 *
 * Source: the idea of prolly trees is that of Noms (https://github.com/attic-labs/noms); cutting by the hash of the
 * key, weighed by the size of the chunk, that of Dolt. The hash is no secret: keys chosen to avoid or to provoke
 * boundaries make chunks of MAX or MIN, nothing worse.
 */
export function endsChunk(level: number, key: Uint8Array, chunk: ChunkMeasure): boolean {
  if (chunk.bytes < MIN_CHUNK_BYTES) return false
  if (level > 0 && chunk.entries < 2) return false
  if (chunk.bytes >= MAX_CHUNK_BYTES) return true
  // Both products are exact: whole numbers below 2^45, and a whole number times a power of two.
  return hashKey(key, level) * (TARGET_CHUNK_BYTES - MIN_CHUNK_BYTES) < chunk.lastEntryBytes * 2 ** 32
}

/** A chunk up to and including the entry in question. */
export interface ChunkMeasure {
  readonly entries: number
  /** Sum of the {@link entryBytes} of all entries. */
  readonly bytes: number
  readonly lastEntryBytes: number
}

export const MIN_CHUNK_BYTES = 2048
export const TARGET_CHUNK_BYTES = 8192
export const MAX_CHUNK_BYTES = 32768

/** What an entry takes in a node: key, value and their two end offsets. */
export function entryBytes(key: Uint8Array, value: Uint8Array): number {
  return key.length + value.length + 8
}

/** FNV-1a over the key, seeded by the level, with the finalizer of MurmurHash3: its last bits alone mix badly. */
function hashKey(key: Uint8Array, level: number): number {
  let hash = 0x811c9dc5 ^ Math.imul(level, 0x9e3779b1)
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ (key[i] as number), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
