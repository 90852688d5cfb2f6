import { type Block, RAW } from '../codec/block.js'
import { type CidKey, cidToKey } from '../codec/cid.js'
import { packToText } from '../codec/file-info.js'
import type { Sealer } from '../crypto/seal.js'
import type { PackInfo } from '../packs/pack-info.js'
import { PackWriter } from '../packs/pack-writer.js'
import type { WrittenFilePack } from './file-packs.js'
import type { SegmentWriter } from './segment-writer.js'

/** A file pack that is being written. */
export class PackInProgress {
  readonly segments: SegmentWriter
  readonly #writer: PackWriter
  readonly #written = new Set<CidKey>()
  #chunkBytes = 0
  #info: PackInfo | undefined

  constructor(segments: SegmentWriter, sealer: Sealer) {
    this.segments = segments
    this.#writer = new PackWriter({ sealer, compress: false, sink: bytes => segments.add(bytes) })
  }

  /** Bytes of the chunks in it. */
  get chunkBytes(): number {
    return this.#chunkBytes
  }

  /** Writes a block into a frame of its own, unless it is there already. */
  async add(block: Block): Promise<void> {
    const key = cidToKey(block.cid)
    if (this.#written.has(key)) return
    this.#written.add(key)
    if (block.cid.code === RAW) this.#chunkBytes += block.bytes.length
    await this.#writer.add([block])
  }

  async end(): Promise<WrittenFilePack> {
    const place = await this.#writer.end()
    const name = await this.segments.end()
    this.#info = { name, ...place }
    return { name, segments: this.segments }
  }

  /** What attachments say of it, once it has ended. */
  get text(): string {
    return packToText(this.#info as PackInfo)
  }
}
