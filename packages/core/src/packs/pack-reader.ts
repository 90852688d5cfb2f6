import { type Block, verifyBlock } from '../codec/block.js'
import { CID } from '../codec/cid.js'
import { FRAME_OVERHEAD, type Sealer } from '../crypto/seal.js'
import { HEADER_BYTES } from '../crypto/seal-header.js'
import { FirekeepError } from '../errors.js'
import type { MaybePromise } from '../primitives/maybe-promise.js'
import type { Storage } from '../storage/storage.js'
import { readBlockFrame } from './block-frame.js'
import { unpackContent } from './compression.js'
import { PackDirectory } from './pack-directory.js'
import { damagedPack, namePack } from './pack-error.js'
import { IndexPage } from './pack-index.js'
import type { PackInfo } from './pack-info.js'
import type { PackSource } from './pack-source.js'

/** How much is read at once where all of a pack is: adapters keep values in segments of 128 KiB. */
const RUN_BYTES = 256 * 1024

export interface PackReaderParts {
  readonly storage: Pick<Storage, 'getRange'>
  /** Of the kind of the packs. */
  readonly sealer: Sealer
  /** The storage key of a pack. */
  readonly keyOf: (name: string) => string
  /** Counts what is read in the storage. */
  readonly reads: ReadCounts
  /** Where packs are read that the storage does not have. */
  readonly remote?: { source: PackSource | undefined; readonly reads: ReadCounts }
}

/** Ranges that were read, and their bytes. */
export interface ReadCounts {
  ranges: number
  bytes: number
}

interface OpenedDirectory {
  /** The header of the seal. */
  readonly header: Uint8Array
  readonly directory: PackDirectory
}

/**
 * Reads the frames of one pack. It keeps the directory and nothing else. What it rejects with names the pack:
 * `BLOCK_MISSING` where neither the storage nor the remote has it any more, `REMOTE_UNAVAILABLE` where the storage does
 * not and the remote does not answer, `CORRUPT` where it is damaged.
 */
export class PackReader {
  readonly info: PackInfo
  readonly #parts: PackReaderParts
  #opened: MaybePromise<OpenedDirectory> | undefined

  constructor(info: PackInfo, parts: PackReaderParts) {
    this.info = info
    this.#parts = parts
  }

  /** Read once, whoever asks; after a failure, again. */
  directory(): MaybePromise<PackDirectory> {
    const opened = this.#open()
    return opened instanceof Promise ? opened.then(({ directory }) => directory) : opened.directory
  }

  /** Reads an index page. */
  readPage(page: number): Promise<IndexPage> {
    return this.#naming(async () => {
      const { directory } = await this.#open()
      const content = await this.#readFrame(directory.blockFrames + page)
      return new IndexPage(content, directory.expectedPage(page))
    })
  }

  /** Reads all index pages, which stand together. */
  readPages(): Promise<IndexPage[]> {
    return this.#naming(async () => {
      const { header, directory } = await this.#open()
      const numbers = Array.from({ length: directory.pages }, (_, page) => page)
      const { offset } = directory.frame(directory.blockFrames)
      const sealed = await this.#readRange(offset, this.info.directory.offset - offset)
      return Promise.all(
        numbers.map(async page => {
          const number = directory.blockFrames + page
          const place = directory.frame(number)
          const start = place.offset - offset
          const content = await this.#openFrame(header, number, sealed.subarray(start, start + place.length))
          return new IndexPage(content, directory.expectedPage(page))
        }),
      )
    })
  }

  /** Reads a block frame and makes something of its contents. */
  readFrame<T>(frame: number, parse: (content: Uint8Array) => T): Promise<T> {
    return this.#naming(async () => parse(await this.#readFrame(frame)))
  }

  /** All blocks in order, frame by frame, verified (L7). */
  async *blocks(): AsyncGenerator<Block[]> {
    const { header, directory } = await this.#open()
    let count = 0
    for (const run of runsOf(directory)) {
      const sealed = await this.#naming(() => this.#readRange(run.offset, run.end - run.offset))
      for (const number of run.numbers) {
        const { offset, length } = directory.frame(number)
        const start = offset - run.offset
        const blocks = await this.#naming(async () => {
          const content = await this.#openFrame(header, number, sealed.subarray(start, start + length))
          return verifiedBlocks(content, number === 0)
        })
        count += blocks.length
        yield blocks
      }
    }
    if (count === directory.blocks) return
    throw damagedPack(this.info.name, 'it does not hold as many blocks as it says')
  }

  #open(): MaybePromise<OpenedDirectory> {
    if (this.#opened !== undefined) return this.#opened
    const opening = this.#naming(() => this.#readDirectory()).then(
      opened => {
        this.#opened = opened
        return opened
      },
      error => {
        this.#opened = undefined
        throw error
      },
    )
    this.#opened = opening
    return opening
  }

  async #readDirectory(): Promise<OpenedDirectory> {
    const { offset, length } = this.#checkedInfo().directory
    const [header, sealed] = await Promise.all([
      this.#readRange(0, HEADER_BYTES),
      this.#readRange(offset, length),
    ])
    const content = await this.#openFrame(header, 'last', sealed)
    return { header, directory: new PackDirectory(content, this.info) }
  }

  /** The place of the directory; `CORRUPT` where it cannot be one. */
  #checkedInfo(): PackInfo {
    const { length, directory } = this.info
    const isPlace = Number.isSafeInteger(directory.offset) && Number.isSafeInteger(directory.length)
    const fits = directory.offset >= HEADER_BYTES && directory.offset + directory.length === length
    if (isPlace && fits && directory.length > FRAME_OVERHEAD) return this.info
    throw new FirekeepError('CORRUPT', 'what is said of its directory is impossible')
  }

  async #readFrame(number: number): Promise<Uint8Array> {
    const { header, directory } = await this.#open()
    const { offset, length } = directory.frame(number)
    return this.#openFrame(header, number, await this.#readRange(offset, length))
  }

  async #openFrame(header: Uint8Array, place: number | 'last', sealed: Uint8Array): Promise<Uint8Array> {
    return unpackContent(await this.#parts.sealer.openFrame(header, place, sealed))
  }

  async #readRange(offset: number, length: number): Promise<Uint8Array> {
    const { storage, keyOf, reads, remote } = this.#parts
    const { name } = this.info
    const stored = await storage.getRange(keyOf(name), offset, length)
    const bytes = stored ?? (remote?.source && (await this.#readRemote(remote.source, offset, length)))
    if (bytes === undefined) {
      throw new FirekeepError('BLOCK_MISSING', `pack ${name} is not stored here`, { details: { pack: name } })
    }
    const counts = stored === undefined ? (remote?.reads ?? reads) : reads
    counts.ranges++
    counts.bytes += bytes.length
    if (bytes.length !== length) throw new FirekeepError('CORRUPT', 'it is cut off')
    return bytes
  }

  /** Whatever hinders the remote, nothing is known of the pack then. */
  async #readRemote(source: PackSource, offset: number, length: number): Promise<Uint8Array | undefined> {
    const { name } = this.info
    try {
      return await source.getRange(name, offset, length)
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause)
      const message = `pack ${name} is not stored here, and the remote cannot be asked: ${reason}`
      throw new FirekeepError('REMOTE_UNAVAILABLE', message, { cause, details: { pack: name } })
    }
  }

  async #naming<T>(read: () => Promise<T>): Promise<T> {
    try {
      return await read()
    } catch (error) {
      throw namePack(error, this.info.name)
    }
  }
}

/** Neighbouring block frames that are read as one range. */
interface FrameRun {
  readonly numbers: readonly number[]
  readonly offset: number
  readonly end: number
}

function* runsOf(directory: PackDirectory): Generator<FrameRun> {
  let run: FrameRun | undefined
  for (let number = 0; number < directory.blockFrames; number++) {
    const { offset, length } = directory.frame(number)
    const end = offset + length
    if (run !== undefined && end - run.offset <= RUN_BYTES) {
      run = { ...run, numbers: [...run.numbers, number], end }
      continue
    }
    if (run !== undefined) yield run
    run = { numbers: [number], offset, end }
  }
  if (run !== undefined) yield run
}

async function verifiedBlocks(content: Uint8Array, isFirst: boolean): Promise<Block[]> {
  const blocks = readBlockFrame(content, isFirst).map(({ idStart, start, end }) => ({
    cid: CID.decode(content.subarray(idStart, start)),
    bytes: content.subarray(start, end),
  }))
  for (const block of blocks) {
    const checking = verifyBlock(block)
    if (checking !== undefined) await checking
  }
  return blocks
}
