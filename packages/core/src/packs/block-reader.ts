import type { CID } from '../codec/cid.js'

/**
 * Reads blocks by content id. The one capability that functions over the Merkle DAG take.
 *
 * Guarantees: the bytes match the id (checked where they enter); a block that is in no pack rejects with
 * `BLOCK_MISSING`, damaged bytes with `CORRUPT`, a body that was erased on purpose with `PRUNED`.
 * The bytes are shared: never write to them.
 */
export interface BlockReader {
  get(cid: CID): Promise<Uint8Array>
}
