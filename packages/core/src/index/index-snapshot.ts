import { type MaybePromise, whenReady } from '../primitives/maybe-promise.js'
import type { KeyRange, KeyWalk } from '../primitives/ordered-map.js'
import { DamagedIndex } from './damaged-index.js'
import type { DocumentFinder } from './document-source.js'
import type { IndexBase } from './index-base.js'
import type { IndexRow } from './index-entry.js'
import { isSameVersion } from './is-same-version.js'
import type { OverlayState } from './overlay.js'

export interface IndexSnapshotParts {
  readonly overlay: OverlayState
  readonly base: IndexBase | undefined
  /** Skipped rows of the base whose documents changed since. */
  readonly hiddenSkips: MaybePromise<number>
  readonly clock: readonly string[]
  readonly find: DocumentFinder
}

/**
 * An index at one moment: the rows of the stored base, but for those of documents that changed since, and the
 * rows of these from the overlay. Immutable: a query keeps it while the index goes on (L6).
 *
 * What is in memory is answered at once. Throws or rejects with {@link DamagedIndex} where a page of the base
 * cannot be read.
 */
export class IndexSnapshot {
  readonly clock: readonly string[]
  readonly #parts: IndexSnapshotParts

  constructor(parts: IndexSnapshotParts) {
    this.#parts = parts
    this.clock = parts.clock
  }

  /** What it is made of. */
  get parts(): IndexSnapshotParts {
    return this.#parts
  }

  /** The stored part; snapshots of different parts hold different documents in memory. */
  get base(): IndexBase | undefined {
    return this.#parts.base
  }

  /** Rows left out: keys that are none, and documents that could not be decoded or mapped. */
  get skipped(): MaybePromise<number> {
    const { base, overlay, hiddenSkips } = this.#parts
    return whenReady(hiddenSkips, hidden => (base?.skipped ?? 0) - hidden + overlay.skipped)
  }

  /**
   * Hands the rows of a range to `take`, in the order of the walk, until it answers false; answers whether it
   * never did. Reads no more pages than it takes.
   */
  read(walk: KeyWalk, take: (row: IndexRow) => boolean): MaybePromise<boolean> {
    const { base, overlay } = this.#parts
    if (base !== undefined) return this.#readMerged(base, walk, take)
    for (const row of overlay.entries.entries(walk)) if (!take(row)) return false
    return true
  }

  /** How many rows a range holds, without reading them where that costs less. */
  count(range: KeyRange): MaybePromise<number> {
    const { base, overlay } = this.#parts
    const own = overlay.entries.count(range)
    if (base === undefined) return own
    return this.#guard(base, async () => {
      const stored = await base.count(range)
      const hidden =
        stored <= overlay.traces.size ? this.#hiddenRows(base, range) : this.#hiddenKeys(base, range)
      return own + stored - (await hidden)
    })
  }

  /** Where the rows of a document stand that is in the overlay, in the order they were emitted. */
  entryKeysOf(id: string): readonly string[] {
    return this.#parts.overlay.traces.get(id)?.entryKeys ?? []
  }

  /** A row that is in the overlay. */
  mustGetRow(entryKey: string): IndexRow {
    const entry = this.#parts.overlay.entries.get(entryKey)
    if (entry === undefined) throw new RangeError('an overlay has the rows that its traces name')
    return [entryKey, entry]
  }

  /** All rows of a document, in the order they were emitted. */
  rowsOf(id: string): MaybePromise<readonly IndexRow[]> {
    const { base, overlay } = this.#parts
    if (base === undefined || overlay.traces.has(id)) {
      return this.entryKeysOf(id).map(key => this.mustGetRow(key))
    }
    return this.#guard(base, async () => {
      const [trace] = await base.traces([id])
      const rows: IndexRow[] = []
      for (const from of trace?.entryKeys ?? []) {
        for await (const page of base.pages({ from, to: `${from}\0` })) rows.push(...page)
      }
      return rows
    })
  }

  /** Whether the rows of a document come from the overlay. */
  isChanged(id: string): boolean {
    return this.#parts.overlay.traces.has(id)
  }

  /** The document of this moment, whether it has rows or not. */
  find(id: string): ReturnType<DocumentFinder> {
    return this.#parts.find(id)
  }

  /** The rows with their documents, which are read where they do not lie in the index. */
  withDocuments(rows: readonly IndexRow[]): MaybePromise<readonly IndexRow[]> {
    if (rows.every(([, entry]) => entry.document !== undefined)) return rows
    return Promise.all(rows.map(row => this.#withDocument(row)))
  }

  #withDocument(row: IndexRow): MaybePromise<IndexRow> {
    const [key, entry] = row
    if (entry.document !== undefined) return row
    return whenReady(this.find(entry.id), document => {
      // The snapshot and the finder are of one moment, so another version means that the stored rows are wrong.
      if (!isSameVersion(document?.version, entry.version)) throw new DamagedIndex(this.base as IndexBase)
      return [key, { ...entry, document }]
    })
  }

  async #readMerged(base: IndexBase, walk: KeyWalk, take: (row: IndexRow) => boolean): Promise<boolean> {
    const { entries, traces } = this.#parts.overlay
    const own = entries.entries(walk)
    let next = own.next()
    try {
      for await (const page of base.pages(walk)) {
        for (const row of page) {
          if (traces.size > 0 && traces.has(row[1].id)) continue
          for (; next.done !== true && isBefore(next.value, row, walk); next = own.next()) {
            if (!take(next.value)) return false
          }
          if (!take(row)) return false
        }
      }
    } catch (error) {
      throw DamagedIndex.from(base, error)
    }
    for (; next.done !== true; next = own.next()) if (!take(next.value)) return false
    return true
  }

  async #hiddenRows(base: IndexBase, range: KeyRange): Promise<number> {
    const { traces } = this.#parts.overlay
    let hidden = 0
    for await (const page of base.pages(range)) for (const [, { id }] of page) if (traces.has(id)) hidden += 1
    return hidden
  }

  async #hiddenKeys(base: IndexBase, { from = '', to }: KeyRange): Promise<number> {
    let hidden = 0
    for (const trace of await base.traces([...this.#parts.overlay.traces.keys()])) {
      for (const key of trace?.entryKeys ?? []) if (key >= from && (to === undefined || key < to)) hidden += 1
    }
    return hidden
  }

  async #guard<T>(base: IndexBase, read: () => Promise<T>): Promise<T> {
    try {
      return await read()
    } catch (error) {
      throw DamagedIndex.from(base, error)
    }
  }
}

function isBefore([a]: IndexRow, [b]: IndexRow, { reverse }: KeyWalk): boolean {
  return reverse ? a > b : a < b
}
