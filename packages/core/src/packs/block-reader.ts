import type { CID } from '../codec/cid.js'
import type { MaybePromise } from '../primitives/maybe-promise.js'

/**
 * Reads blocks by content id. The one capability that functions over the Merkle DAG take.
 *
 * Guarantees: the bytes match the id (checked where they enter); a block that is in memory is answered at once,
 * without a promise, and with the same array as long as it stays there; a block that is in no pack fails with
 * `BLOCK_MISSING`, damaged bytes with `CORRUPT`. The bytes are shared: never write to them.
 */
export interface BlockReader {
  get(cid: CID): MaybePromise<Uint8Array>
}
