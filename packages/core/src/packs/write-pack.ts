import { type Block, hashBlock, RAW } from '../codec/block.js'
import type { FrameWriter, Sealer } from '../crypto/seal.js'
import { FirekeepError } from '../errors.js'
import { concatBytes, toBase32 } from '../primitives/bytes.js'
import type { MaybePromise } from '../primitives/maybe-promise.js'
import { encodeBlockFrame, groupIntoFrames, readBlockFrame } from './block-frame.js'
import { MAX_CONTENT_BYTES, packContent } from './compression.js'
import { type DigestKey, digestKey } from './digest-key.js'
import { IndexBuilder } from './index-builder.js'
import { encodeDirectory } from './pack-directory.js'
import { encodeIndexPage } from './pack-index.js'
import type { PackInfo } from './pack-info.js'

export interface WritePackParts {
  /** Of the kind of the pack. */
  readonly sealer: Sealer
  /** Lengths of compressed contents say more of them: see `packContent`. */
  readonly compress: boolean
  /** Asked after every frame (a millisecond or two of work) to give way to others where it has been long. */
  readonly pause?: () => MaybePromise<void>
}

export interface WrittenPack {
  readonly info: PackInfo
  readonly bytes: Uint8Array
}

/**
 * Makes a pack of blocks (`docs/format.md`, Pack). They stand in it in the order given: what is read together
 * should be given together. A block that comes twice is written once.
 */
export async function writePack(blocks: Iterable<Block>, parts: WritePackParts): Promise<WrittenPack> {
  const frames = new FrameList(parts)
  const index = new IndexBuilder()
  for (const group of groupIntoFrames(withoutRepeats(blocks))) {
    const isFirst = frames.count === 0
    const content = encodeBlockFrame(group, isFirst)
    index.add(frames.count, group, readBlockFrame(content, isFirst))
    await frames.add(content, { compress: parts.compress, isLast: false })
  }
  const blockFrames = frames.count
  const firstDigests: Uint8Array[] = []
  for (const page of index.pages()) {
    firstDigests.push(page[0]?.digest as Uint8Array)
    await frames.add(encodeIndexPage(page), { compress: false, isLast: false })
  }
  const directory = encodeDirectory({
    blocks: index.size,
    blockFrames,
    lengths: frames.lengths,
    firstDigests,
  })
  const offset = frames.length
  await frames.add(directory, { compress: false, isLast: true })
  const bytes = frames.join()
  const name = await nameOf(bytes)
  return { info: { name, length: bytes.length, directory: { offset, length: bytes.length - offset } }, bytes }
}

/** The frames of a pack, sealed one by one. */
class FrameList {
  readonly #writer: FrameWriter
  readonly #pause: (() => MaybePromise<void>) | undefined
  readonly #sealed: Uint8Array[]
  #length: number

  constructor({ sealer, pause }: WritePackParts) {
    this.#writer = sealer.startFrames()
    this.#pause = pause
    this.#sealed = [this.#writer.header]
    this.#length = this.#writer.header.length
  }

  get count(): number {
    return this.#sealed.length - 1
  }

  /** Of the header and all frames so far. */
  get length(): number {
    return this.#length
  }

  get lengths(): number[] {
    return this.#sealed.slice(1).map(sealed => sealed.length)
  }

  async add(content: Uint8Array, options: { compress: boolean; isLast: boolean }): Promise<void> {
    if (content.length > MAX_CONTENT_BYTES) {
      throw new FirekeepError('LIMIT_EXCEEDED', 'a block is too large for a pack', {
        details: { length: content.length, limit: MAX_CONTENT_BYTES },
      })
    }
    const packed = packContent(content, options.compress)
    const sealed = await (options.isLast ? this.#writer.end(packed) : this.#writer.add(packed))
    this.#sealed.push(sealed)
    this.#length += sealed.length
    await this.#pause?.()
  }

  join(): Uint8Array {
    return concatBytes(...this.#sealed)
  }
}

function* withoutRepeats(blocks: Iterable<Block>): Generator<Block> {
  const seen = new Set<DigestKey>()
  for (const block of blocks) {
    const key = digestKey(block.cid)
    if (seen.has(key)) continue
    seen.add(key)
    yield block
  }
}

/** The name of a pack: of what the storage sees, so it says nothing of the contents (L8). */
async function nameOf(bytes: Uint8Array): Promise<string> {
  const { cid } = await hashBlock(RAW, bytes)
  return toBase32(cid.multihash.digest)
}
