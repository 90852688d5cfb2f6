import { type Block, verifyBlock } from '../codec/block.js'
import type { CID } from '../codec/cid.js'
import type { MaybePromise } from '../primitives/maybe-promise.js'
import { readBlockFrame } from './block-frame.js'
import { type DigestKey, digestKey, digestKeyAt } from './digest-key.js'
import type { BlockPlace } from './pack-index.js'

/** What a block in memory takes beside its bytes, roughly. */
const BLOCK_OVERHEAD = 200
const DIGEST_BYTES = 32

interface FrameBlock {
  /** Its bytes are those of `content` from `start` to `end`. */
  readonly content: Uint8Array
  readonly start: number
  readonly end: number
  /** The bytes as they are handed out, once their hash was checked, or while it is. */
  checked: MaybePromise<Uint8Array | undefined>
}

/** Blocks of one pack that are in memory together: the contents of a frame, or blocks that were just written. */
export class OpenFrame {
  /** Its name in the cache. */
  readonly key: string
  /** Bytes in memory. */
  readonly size: number
  wasUsed = false
  readonly #blocks: ReadonlyMap<DigestKey, FrameBlock>

  private constructor(key: string, length: number, blocks: ReadonlyMap<DigestKey, FrameBlock>) {
    this.key = key
    this.size = length + BLOCK_OVERHEAD * blocks.size
    this.#blocks = blocks
  }

  /** Finds the blocks in the contents of a frame; `CORRUPT` where there are none to find. */
  static parse(key: string, content: Uint8Array, isFirst: boolean): OpenFrame {
    const blocks = new Map<DigestKey, FrameBlock>()
    for (const { start, end } of readBlockFrame(content, isFirst)) {
      // A digest is the end of an id.
      blocks.set(digestKeyAt(content, start - DIGEST_BYTES), { content, start, end, checked: undefined })
    }
    return new OpenFrame(key, content.length, blocks)
  }

  /** Of blocks whose hashes the caller has just made. */
  static of(key: string, written: readonly Block[]): OpenFrame {
    const blocks = new Map<DigestKey, FrameBlock>()
    let length = 0
    for (const { cid, bytes } of written) {
      blocks.set(digestKey(cid), { content: bytes, start: 0, end: bytes.length, checked: bytes })
      length += bytes.length
    }
    return new OpenFrame(key, length, blocks)
  }

  get digests(): Iterable<DigestKey> {
    return this.#blocks.keys()
  }

  /** Whether a block stands where an index says. */
  stands(digest: DigestKey, { offset, length }: BlockPlace): boolean {
    const block = this.#blocks.get(digest)
    return block !== undefined && block.start === offset && block.end === offset + length
  }

  /** The bytes of a block, checked once (L7), then the same array each time; `undefined` if absent or damaged. */
  read(cid: CID, digest: DigestKey): MaybePromise<Uint8Array | undefined> {
    const block = this.#blocks.get(digest)
    return block === undefined ? undefined : (block.checked ?? check(cid, block))
  }
}

function check(cid: CID, block: FrameBlock): MaybePromise<Uint8Array | undefined> {
  const bytes = block.content.subarray(block.start, block.end)
  const settle = (checked: Uint8Array | undefined) => {
    block.checked = checked
    return checked
  }
  try {
    const checking = verifyBlock({ cid, bytes })
    if (checking === undefined) return settle(bytes)
    block.checked = checking.then(
      () => settle(bytes),
      () => settle(undefined),
    )
    return block.checked
  } catch {
    return settle(undefined)
  }
}
