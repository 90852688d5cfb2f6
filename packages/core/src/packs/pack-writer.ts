import type { Block } from '../codec/block.js'
import type { FrameWriter, Sealer } from '../crypto/seal.js'
import { FirekeepError } from '../errors.js'
import type { MaybePromise } from '../primitives/maybe-promise.js'
import { encodeBlockFrame, readBlockFrame } from './block-frame.js'
import { MAX_CONTENT_BYTES, packContent } from './compression.js'
import { IndexBuilder } from './index-builder.js'
import { encodeDirectory } from './pack-directory.js'
import { encodeIndexPage } from './pack-index.js'
import type { PackInfo } from './pack-info.js'

export interface PackWriterParts {
  /** Of the kind of the pack. */
  readonly sealer: Sealer
  /** Lengths of compressed contents say more of them: see `packContent`. */
  readonly compress: boolean
  /** Takes the sealed bytes, piece by piece; the next piece is made when it is done with one. */
  readonly sink: (sealed: Uint8Array) => MaybePromise<void>
  /** Asked after every frame (a millisecond or two of work) to give way to others where it has been long. */
  readonly pause?: () => MaybePromise<void>
}

/**
 * Makes a pack of blocks (`docs/format.md`, Pack) and hands out what it has sealed at once: it keeps the index, and no
 * block. Each block is to be given once.
 */
export class PackWriter {
  readonly #parts: PackWriterParts
  readonly #frames: FrameWriter
  readonly #index = new IndexBuilder()
  readonly #lengths: number[] = []
  #length = 0

  constructor(parts: PackWriterParts) {
    this.#parts = parts
    this.#frames = parts.sealer.startFrames()
  }

  /** Sealed bytes so far. */
  get length(): number {
    return this.#length
  }

  /** Writes blocks into one frame. */
  async add(blocks: readonly Block[]): Promise<void> {
    const number = this.#lengths.length
    const content = encodeBlockFrame(blocks, number === 0)
    this.#index.add(number, blocks, readBlockFrame(content, number === 0))
    await this.#seal(content, { compress: this.#parts.compress, isLast: false })
  }

  /** Writes index and directory. Answers where the directory is, and how long the pack. */
  async end(): Promise<Omit<PackInfo, 'name'>> {
    if (this.#lengths.length === 0) await this.add([])
    const blockFrames = this.#lengths.length
    const firstDigests: Uint8Array[] = []
    for (const page of this.#index.pages()) {
      firstDigests.push(page[0]?.digest as Uint8Array)
      await this.#seal(encodeIndexPage(page), { compress: false, isLast: false })
    }
    const content = { blocks: this.#index.size, blockFrames, lengths: this.#lengths, firstDigests }
    const directory = encodeDirectory(content)
    const offset = this.#length
    await this.#seal(directory, { compress: false, isLast: true })
    return { length: this.#length, directory: { offset, length: this.#length - offset } }
  }

  async #seal(content: Uint8Array, options: { compress: boolean; isLast: boolean }): Promise<void> {
    if (content.length > MAX_CONTENT_BYTES) {
      throw new FirekeepError('LIMIT_EXCEEDED', 'a block is too large for a pack', {
        details: { length: content.length, limit: MAX_CONTENT_BYTES },
      })
    }
    const packed = packContent(content, options.compress)
    const sealed = await (options.isLast ? this.#frames.end(packed) : this.#frames.add(packed))
    if (this.#length === 0) await this.#hand(this.#frames.header)
    this.#lengths.push(sealed.length)
    await this.#hand(sealed)
    await this.#parts.pause?.()
  }

  #hand(bytes: Uint8Array): MaybePromise<void> {
    this.#length += bytes.length
    return this.#parts.sink(bytes)
  }
}
