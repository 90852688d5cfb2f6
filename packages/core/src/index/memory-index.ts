import type { FirekeepError } from '../errors.js'
import { type MapEdit, OrderedMap } from '../primitives/ordered-map.js'
import type { DocumentChange } from '../state/document-change.js'
import type { StoredDocument } from '../state/stored-document.js'
import type { IndexDefinition } from './definition.js'
import type { IndexEntry } from './index-entry.js'
import { mapDocument } from './map-document.js'
import { SpreadSample } from './spread-sample.js'

/** The state of an index at one moment. Immutable: a query keeps it while the index goes on (L6). */
export interface IndexSnapshot {
  /** Entry key -> entry, in the order of the rows. */
  readonly entries: OrderedMap<IndexEntry>
  /** Rows left out: keys that are none, and documents that could not be decoded or mapped. */
  readonly skipped: number
}

/**
 * An index in memory that follows the documents it is told of; an update costs O(changed documents) (L11), and
 * each version of a document is mapped once.
 */
export class MemoryIndex {
  readonly #definition: IndexDefinition
  readonly #report: (error: FirekeepError) => void
  readonly #traceById = new Map<string, Trace>()
  readonly #unindexed = new SpreadSample<StoredDocument>(UNINDEXED_SAMPLE)
  #snapshot: IndexSnapshot = { entries: OrderedMap.empty(), skipped: 0 }
  #hasReported = false

  /** `report` is told of the first document that the map function throws for. */
  constructor(definition: IndexDefinition, report: (error: FirekeepError) => void) {
    this.#definition = definition
    this.#report = report
  }

  get snapshot(): IndexSnapshot {
    return this.#snapshot
  }

  /** Where the rows of a document stand, in the order they were emitted. */
  entryKeysOf(id: string): readonly string[] {
    return this.#traceById.get(id)?.entryKeys ?? []
  }

  /** The rows of this version of a document; none when the index is at another version. */
  rowsOf(document: StoredDocument): readonly (readonly [entryKey: string, entry: IndexEntry])[] {
    const trace = this.#traceById.get(document.id)
    if (trace?.document !== document) return []
    return trace.entryKeys.map(key => [key, this.#snapshot.entries.get(key) as IndexEntry])
  }

  /** Brings the index to the state after these changes. */
  apply(changes: Iterable<DocumentChange>): void {
    const edits: MapEdit<IndexEntry>[] = []
    let skipped = this.#snapshot.skipped
    for (const change of changes) skipped += this.#follow(change, edits)
    const entries = this.#snapshot.entries.update(edits)
    if (entries !== this.#snapshot.entries || skipped !== this.#snapshot.skipped)
      this.#snapshot = { entries, skipped }
  }

  /** Documents from all over the index, and some that have no row in it. */
  sample(count: number): StoredDocument[] {
    const documents = new Set<StoredDocument>(this.#unindexed.items)
    const { entries } = this.#snapshot
    const wanted = Math.min(count - documents.size, entries.size)
    for (let i = 0; i < wanted; i += 1) {
      const at = entries.at(Math.floor((i * entries.size) / wanted))
      if (at !== undefined) documents.add(at[1].document)
    }
    return [...documents]
  }

  /** Collects the edits for one document and answers by how much the number of skipped rows changes. */
  #follow({ id, document }: DocumentChange, edits: MapEdit<IndexEntry>[]): number {
    const before = this.#traceById.get(id)
    if (before !== undefined && before.document === document) return 0
    for (const key of before?.entryKeys ?? []) edits.push([key, undefined])
    const after = document === undefined ? UNTRACED : this.#map(document, edits)
    if (after === UNTRACED) this.#traceById.delete(id)
    else this.#traceById.set(id, after)
    return after.skipped - (before?.skipped ?? 0)
  }

  #map(document: StoredDocument, edits: MapEdit<IndexEntry>[]): Trace {
    const { entries, skipped, error } = mapDocument(this.#definition, document)
    if (error !== undefined && !this.#hasReported) {
      this.#hasReported = true
      this.#report(error)
    }
    for (const entry of entries) edits.push(entry)
    if (entries.length > 0) return { document, entryKeys: entries.map(([key]) => key), skipped }
    this.#unindexed.add(document)
    return skipped === 0 ? UNTRACED : { document, entryKeys: [], skipped }
  }
}

const UNINDEXED_SAMPLE = 8

/** What a document left in the index; documents that left nothing are not remembered. */
interface Trace {
  readonly document: StoredDocument | undefined
  readonly entryKeys: readonly string[]
  readonly skipped: number
}

const UNTRACED: Trace = { document: undefined, entryKeys: [], skipped: 0 }
