import { FRAME_OVERHEAD } from '../crypto/seal.js'
import { HEADER_BYTES } from '../crypto/seal-header.js'
import { FirekeepError } from '../errors.js'
import { compareDigests, type ExpectedPage, INDEX_DIGEST_BYTES, PAGE_ENTRIES } from './pack-index.js'
import type { PackInfo } from './pack-info.js'

/** The version of the pack format that this code writes and reads. */
const VERSION = 1
const HEAD_BYTES = 13

/** What the last frame of a pack says. */
export interface DirectoryContent {
  readonly blocks: number
  readonly blockFrames: number
  /** Sealed lengths of all frames before the directory: those of blocks, then those of the index. */
  readonly lengths: readonly number[]
  /** The first digest of each index page. */
  readonly firstDigests: readonly Uint8Array[]
}

export function encodeDirectory(content: DirectoryContent): Uint8Array {
  const { blocks, blockFrames, lengths, firstDigests } = content
  const bytes = new Uint8Array(sizeOf(lengths.length, firstDigests.length))
  const view = new DataView(bytes.buffer)
  view.setUint8(0, VERSION)
  view.setUint32(1, blocks)
  view.setUint32(5, blockFrames)
  view.setUint32(9, firstDigests.length)
  let at = HEAD_BYTES
  for (const length of lengths) {
    view.setUint32(at, length)
    at += 4
  }
  for (const digest of firstDigests) {
    bytes.set(digest.subarray(0, INDEX_DIGEST_BYTES), at)
    at += INDEX_DIGEST_BYTES
  }
  return bytes
}

/** The directory of a pack: where its frames stand, and which index page lists a digest. */
export class PackDirectory {
  readonly blocks: number
  readonly blockFrames: number
  /** Where frame `n` begins in the sealed bytes; one more than there are, so that each ends where the next begins. */
  readonly #offsets: readonly number[]
  readonly #firstDigests: Uint8Array

  /** `CORRUPT` unless the contents fit the pack, `UNSUPPORTED_FORMAT` for a newer version of them. */
  constructor(bytes: Uint8Array, info: PackInfo) {
    check(bytes.length >= HEAD_BYTES)
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    checkVersion(view.getUint8(0))
    this.blocks = view.getUint32(1)
    this.blockFrames = view.getUint32(5)
    const pages = view.getUint32(9)
    const frames = this.blockFrames + pages
    check(pages === Math.ceil(this.blocks / PAGE_ENTRIES))
    check(this.blockFrames >= 1 && this.blockFrames <= Math.max(1, this.blocks))
    // Before anything is allocated for them: so many were really sent.
    check(bytes.length === sizeOf(frames, pages))
    this.#offsets = readOffsets(view, frames)
    check(this.#offsets[frames] === info.directory.offset)
    this.#firstDigests = bytes.subarray(bytes.length - pages * INDEX_DIGEST_BYTES)
    for (let page = 1; page < pages; page++) {
      const at = page * INDEX_DIGEST_BYTES
      check(compareDigests(this.#firstDigests, at - INDEX_DIGEST_BYTES, this.#firstDigests, at) <= 0)
    }
  }

  /** How many frames stand before the directory. */
  get frames(): number {
    return this.#offsets.length - 1
  }

  /** How many index pages there are. */
  get pages(): number {
    return this.frames - this.blockFrames
  }

  /** Where the sealed bytes of a frame stand. */
  frame(number: number): { readonly offset: number; readonly length: number } {
    const offset = this.#offsets[number] as number
    return { offset, length: (this.#offsets[number + 1] as number) - offset }
  }

  /** The one index page that may list a digest, `undefined` where none does. */
  pageOf(digest: Uint8Array): number | undefined {
    let low = 0
    let high = this.frames - this.blockFrames
    while (low < high) {
      const middle = (low + high) >>> 1
      if (compareDigests(this.#firstDigests, middle * INDEX_DIGEST_BYTES, digest, 0) <= 0) low = middle + 1
      else high = middle
    }
    return low === 0 ? undefined : low - 1
  }

  expectedPage(page: number): ExpectedPage {
    return {
      entries: Math.min(PAGE_ENTRIES, this.blocks - page * PAGE_ENTRIES),
      first: this.#firstOf(page),
      frames: this.blockFrames,
    }
  }

  #firstOf(page: number): Uint8Array {
    return this.#firstDigests.subarray(page * INDEX_DIGEST_BYTES, (page + 1) * INDEX_DIGEST_BYTES)
  }
}

function readOffsets(view: DataView, frames: number): number[] {
  const offsets = [HEADER_BYTES]
  let end = HEADER_BYTES
  for (let frame = 0; frame < frames; frame++) {
    const length = view.getUint32(HEAD_BYTES + 4 * frame)
    check(length > FRAME_OVERHEAD)
    end += length
    offsets.push(end)
  }
  return offsets
}

function sizeOf(frames: number, pages: number): number {
  return HEAD_BYTES + 4 * frames + INDEX_DIGEST_BYTES * pages
}

function checkVersion(version: number): void {
  if (version > VERSION) {
    throw new FirekeepError(
      'UNSUPPORTED_FORMAT',
      `a pack of format ${version} needs a newer Firekeep: upgrade it`,
      {
        details: { version, supported: VERSION },
      },
    )
  }
  check(version === VERSION)
}

function check(condition: boolean): void {
  if (!condition) throw new FirekeepError('CORRUPT', 'the directory does not fit the pack')
}
