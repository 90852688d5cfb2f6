import type { FileSource } from '../codec/stored-file.js'
import { assert, FirekeepError } from '../errors.js'
import { Emitter, reportUncaught } from '../primitives/emitter.js'
import { type Pace, TimeSlice } from '../primitives/time-slice.js'
import type { DocumentChange } from '../state/document-change.js'
import type { IndexDefinition } from './definition.js'
import type { DocumentSource } from './document-source.js'
import { indexAt } from './index-at.js'
import type { IndexStore } from './index-base.js'
import { INDEX_LIMITS, type IndexLimits } from './index-limits.js'
import type { IndexSnapshot } from './index-snapshot.js'
import { SharedIndex } from './shared-index.js'

export interface IndexSetParts {
  readonly source: DocumentSource
  readonly pace: Pace
  /**
   * Opens where indexes are stored; without, all are in memory and made anew after each opening. Called at the first
   * index that could be stored, and again for later ones only while there is no such place (`undefined`).
   */
  readonly openStore?: () => Promise<IndexStore | undefined>
  /** Default: {@link INDEX_LIMITS}. */
  readonly limits?: IndexLimits
  /** Where the attachments of documents that queries show are loaded from. */
  readonly files?: FileSource
  /** Told of errors that concern no caller, such as a map function that throws. Default: an uncaught error. */
  readonly report?: (error: unknown) => void
  /** How many indexes of unnamed map functions are kept while nobody holds them. Default 64. */
  readonly capacity?: number
}

/**
 * The indexes of one engine, shared by all queries of equal definition and fed by the one stream of changes (L5).
 *
 * `note` must be called in the turn in which the source moves to its new state, so that an index and the clock
 * read with it always belong together.
 */
export class IndexSet {
  readonly #parts: IndexSetParts
  readonly #capacity: number
  readonly #report: (error: unknown) => void
  /** Least recently used first. */
  readonly #indexByIdentity = new Map<string, SharedIndex>()
  readonly #noted = new Emitter<readonly DocumentChange[]>()
  #store: Promise<IndexStore | undefined> | undefined
  #isClosed = false

  constructor(parts: IndexSetParts) {
    this.#parts = parts
    this.#capacity = parts.capacity ?? 64
    this.#report = parts.report ?? reportUncaught
  }

  get clock(): readonly string[] {
    return this.#parts.source.clock
  }

  get files(): FileSource | undefined {
    return this.#parts.files
  }

  /** Whether anybody would miss a change: an index, ready or not, or a subscriber. */
  get isUsed(): boolean {
    return this.#indexByIdentity.size > 0 || this.#noted.isObserved
  }

  /** Tells the indexes, then the subscribers (live queries), which documents changed. */
  note(changes: readonly DocumentChange[]): void {
    for (const index of this.#indexByIdentity.values()) index.note(changes)
    this.#noted.emit(changes)
  }

  /** Calls `listener` after the indexes know of a batch of changes. */
  subscribe(listener: (changes: readonly DocumentChange[]) => void): () => void {
    return this.#noted.subscribe(listener)
  }

  /** The index of this definition, held until it is released: it stays up to date and is not forgotten. */
  acquire(definition: IndexDefinition): SharedIndex {
    if (this.#isClosed) throw new FirekeepError('CLOSED', 'the database is closed')
    const { identity } = definition
    const known = this.#indexByIdentity.get(identity)
    const index = known === undefined || known.hasFailed ? this.#create(definition) : known
    index.holders += 1
    this.#indexByIdentity.delete(identity)
    this.#indexByIdentity.set(identity, index)
    return index
  }

  /**
   * An index as it was at an earlier moment. `snapshot` was read in this turn. `UNKNOWN_CLOCK` where the moment is not
   * in the history, `PRUNED` where contents of it were erased.
   */
  async at(
    snapshot: IndexSnapshot,
    definition: IndexDefinition,
    clock: readonly string[],
  ): Promise<IndexSnapshot> {
    const { source, pace } = this.#parts
    const past = await source.at?.(clock)
    assert(past !== undefined, 'the documents have a history')
    return indexAt(snapshot, { definition, past, slice: new TimeSlice(pace) })
  }

  release(index: SharedIndex): void {
    index.holders -= 1
    if (index.hasFailed) this.#forget(index)
    else if (index.definition.isTransient) this.#trim()
  }

  /**
   * Folds what changed into the stored indexes, one after the other, while queries and changes go on. Never
   * rejects: what cannot be stored stays in memory.
   */
  async persist(): Promise<void> {
    for (const index of [...this.#indexByIdentity.values()]) if (!index.hasFailed) await index.persist()
  }

  /** Resolves when nothing is being written to the store that was begun before. */
  async settled(): Promise<void> {
    await Promise.all([...this.#indexByIdentity.values()].map(index => index.settled()))
  }

  /**
   * Stops builds that are under way; queries that wait for them reject with `CLOSED`. Resolves when nothing is
   * written to the store any more.
   */
  async close(): Promise<void> {
    this.#isClosed = true
    const indexes = [...this.#indexByIdentity.values()]
    this.#indexByIdentity.clear()
    await Promise.all(indexes.map(index => index.close()))
  }

  #create(definition: IndexDefinition): SharedIndex {
    const { source, pace, limits = INDEX_LIMITS } = this.#parts
    const openStore = () => this.#openStore()
    return new SharedIndex({ definition, source, pace, openStore, limits, report: this.#report })
  }

  #openStore(): Promise<IndexStore | undefined> {
    this.#store ??= this.#tryOpenStore()
    return this.#store
  }

  async #tryOpenStore(): Promise<IndexStore | undefined> {
    let store: IndexStore | undefined
    try {
      store = await this.#parts.openStore?.()
      return store
    } finally {
      if (store === undefined) this.#store = undefined
    }
  }

  /** A build that failed is not kept, so that the next query tries again. */
  #forget(index: SharedIndex): void {
    const { identity } = index.definition
    if (this.#indexByIdentity.get(identity) === index) this.#indexByIdentity.delete(identity)
  }

  #trim(): void {
    const idle = [...this.#indexByIdentity.values()].filter(
      index => index.definition.isTransient && index.holders === 0,
    )
    for (const index of idle.slice(0, Math.max(0, idle.length - this.#capacity))) this.#forget(index)
  }
}
