import { hashBlock, RAW } from '../codec/block.js'
import type { CID } from '../codec/cid.js'
import { concatBytes } from '../primitives/bytes.js'

/** Counts and hashes the ids of blocks in their order, so that none can be left out, added, moved or called otherwise. */
export class IdChain {
  #count = 0
  #digest: Uint8Array = new Uint8Array(32)

  get count(): number {
    return this.#count
  }

  get digest(): Uint8Array {
    return this.#digest
  }

  async add(cid: CID): Promise<void> {
    const next = await hashBlock(RAW, concatBytes(this.#digest, cid.bytes))
    this.#digest = next.cid.multihash.digest
    this.#count++
  }
}
