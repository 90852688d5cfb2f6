import { FirekeepError } from '../errors.js'

/** How much of a digest an index holds: nobody can find two blocks that share it. */
export const INDEX_DIGEST_BYTES = 16
const ENTRY_BYTES = INDEX_DIGEST_BYTES + 12
/** Entries of every index page but the last, which may have fewer: 32 KiB of them. */
export const PAGE_ENTRIES = Math.floor((32 * 1024 - 2) / ENTRY_BYTES)
export const PAGE_BYTES = PAGE_ENTRIES * ENTRY_BYTES

/** Where a block stands in its pack. */
export interface BlockPlace {
  readonly frame: number
  /** Of its bytes in the contents of the frame. */
  readonly offset: number
  readonly length: number
}

export interface IndexEntry extends BlockPlace {
  readonly digest: Uint8Array
}

/** The contents of an index frame: entries ascending by digest. */
export function encodeIndexPage(entries: readonly IndexEntry[]): Uint8Array {
  const bytes = new Uint8Array(entries.length * ENTRY_BYTES)
  const view = new DataView(bytes.buffer)
  let at = 0
  for (const { digest, frame, offset, length } of entries) {
    bytes.set(digest.subarray(0, INDEX_DIGEST_BYTES), at)
    view.setUint32(at + 16, frame)
    view.setUint32(at + 20, offset)
    view.setUint32(at + 24, length)
    at += ENTRY_BYTES
  }
  return bytes
}

/** What is known of a page before it is read. */
export interface ExpectedPage {
  readonly entries: number
  /** The first digest, at least as many bytes as an index holds. */
  readonly first: Uint8Array
  /** Every frame that it names is below this. */
  readonly frames: number
}

/** An index page that was read: digests to places. */
export class IndexPage {
  wasUsed = false
  readonly #bytes: Uint8Array
  readonly #view: DataView

  /** `CORRUPT` unless the bytes are the page that is expected. */
  constructor(bytes: Uint8Array, expected: ExpectedPage) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    if (bytes.length !== expected.entries * ENTRY_BYTES) throw damaged()
    if (compareDigests(bytes, 0, expected.first, 0) !== 0) throw damaged()
    for (let at = 0; at < bytes.length; at += ENTRY_BYTES) {
      if (this.#view.getUint32(at + 16) >= expected.frames) throw damaged()
      if (at > 0 && compareDigests(bytes, at - ENTRY_BYTES, bytes, at) > 0) throw damaged()
    }
  }

  /** Bytes in memory. */
  get size(): number {
    return this.#bytes.length
  }

  /** Where the block of this digest stands, `undefined` where the page does not list it. */
  find(digest: Uint8Array): BlockPlace | undefined {
    let low = 0
    let high = this.#bytes.length / ENTRY_BYTES
    while (low < high) {
      const middle = (low + high) >>> 1
      const order = compareDigests(this.#bytes, middle * ENTRY_BYTES, digest, 0)
      if (order === 0) return this.#placeAt(middle * ENTRY_BYTES)
      if (order < 0) low = middle + 1
      else high = middle
    }
    return undefined
  }

  #placeAt(at: number): BlockPlace {
    const view = this.#view
    return {
      frame: view.getUint32(at + 16),
      offset: view.getUint32(at + 20),
      length: view.getUint32(at + 24),
    }
  }
}

/** Compares the digest that stands in `a` from `at` with the one in `b` from `other`. */
export function compareDigests(a: Uint8Array, at: number, b: Uint8Array, other: number): number {
  for (let i = 0; i < INDEX_DIGEST_BYTES; i++) {
    const difference = (a[at + i] as number) - (b[other + i] as number)
    if (difference !== 0) return difference
  }
  return 0
}

function damaged(): FirekeepError {
  return new FirekeepError('CORRUPT', 'an index page is not what the directory says')
}
