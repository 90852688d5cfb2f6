/** What the row of an entry and its places in the indexes take, about: so that small packs cannot fill a disk unseen. */
const LEAST_BYTES = 256
/** A name of a blob and what stands around it in a list. */
const NAME_BYTES = 54

/** What an entry counts for in the bytes of its log. */
export function entryBytes(packBytes: number, blobs: number): number {
  return Math.max(LEAST_BYTES, packBytes + blobs * NAME_BYTES)
}
