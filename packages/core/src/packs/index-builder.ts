import type { Block } from '../codec/block.js'
import type { CarSection } from '../codec/car.js'
import { compareBytes } from '../primitives/bytes.js'
import { type IndexEntry, PAGE_ENTRIES } from './pack-index.js'

/** Collects where blocks stand, and sorts them in small steps. */
export class IndexBuilder {
  /** By the first byte of the digest: each is sorted by itself, so no step takes long. */
  readonly #buckets: IndexEntry[][] = Array.from({ length: 256 }, () => [])
  #size = 0

  get size(): number {
    return this.#size
  }

  /** The sections are those of the blocks, in the same order. */
  add(frame: number, blocks: readonly Block[], sections: readonly CarSection[]): void {
    for (const [i, { start, end }] of sections.entries()) {
      const { digest } = (blocks[i] as Block).cid.multihash
      this.#buckets[digest[0] as number]?.push({ digest, frame, offset: start, length: end - start })
      this.#size++
    }
  }

  /** All entries ascending by digest, cut into pages. */
  *pages(): Generator<readonly IndexEntry[]> {
    let page: IndexEntry[] = []
    for (const bucket of this.#buckets) {
      for (const entry of bucket.sort((a, b) => compareBytes(a.digest, b.digest))) {
        page.push(entry)
        if (page.length < PAGE_ENTRIES) continue
        yield page
        page = []
      }
    }
    if (page.length > 0) yield page
  }
}
