import { FirekeepError } from '../errors.js'
import type { DocumentChange } from '../state/document-change.js'
import type { StoredDocument } from '../state/stored-document.js'
import type { AnyMapFunction, IndexDefinition } from './definition.js'
import type { DocumentSource } from './document-source.js'
import { type IndexSnapshot, MemoryIndex } from './memory-index.js'
import type { Pace } from './pace.js'
import { checkOnSample } from './sample-check.js'

export interface SharedIndexParts {
  readonly definition: IndexDefinition
  readonly source: DocumentSource
  readonly pace: Pace
  readonly report: (error: FirekeepError) => void
}

/**
 * One index of an {@link IndexSet}: built at first use, once however many ask at the same time, then kept up by
 * the changes it is told of, which it works off when it is read (L11). It is never built again.
 *
 * Whoever reads it holds it: `ready` first, then `read` in the same turn as the clock that goes with it.
 */
export class SharedIndex {
  readonly #parts: SharedIndexParts
  readonly #index: MemoryIndex
  /** The newest change of each document since it was last read. */
  readonly #pending = new Map<string, DocumentChange>()
  readonly #checkedByMap = new WeakMap<AnyMapFunction, Set<StoredDocument>>()
  #building: Promise<void> | undefined
  #isClosed = false
  /** How many readers and live queries hold the index; kept by the {@link IndexSet}. */
  holders = 0
  #hasFailed = false

  constructor(parts: SharedIndexParts) {
    this.#parts = parts
    this.#index = new MemoryIndex(parts.definition, parts.report)
  }

  get definition(): IndexDefinition {
    return this.#parts.definition
  }

  /** Whether the build failed; such an index is of no more use. */
  get hasFailed(): boolean {
    return this.#hasFailed
  }

  /** Remembers changes; they cost nothing else until the index is read. */
  note(changes: readonly DocumentChange[]): void {
    for (const change of changes) this.#pending.set(change.id, change)
  }

  /**
   * Builds the index if nobody did, works off what is pending, and checks that `definition` may share it.
   * `INVALID_QUERY` when its map function gives other rows; `CLOSED` when the set was closed meanwhile.
   */
  async ready(definition: IndexDefinition): Promise<void> {
    this.#building ??= this.#build().catch(error => {
      this.#hasFailed = true
      throw error
    })
    await this.#building
    await this.#workOff()
    this.#mustBeOpen()
    this.#check(definition)
  }

  /** The index as of the last change noted. Only after {@link SharedIndex.ready}. */
  read(): IndexSnapshot {
    if (this.#pending.size > 0) this.#applyPending(this.#pending.size)
    return this.#index.snapshot
  }

  /** Where the rows of a document stand in what `read` returned last. */
  entryKeysOf(id: string): readonly string[] {
    return this.#index.entryKeysOf(id)
  }

  close(): void {
    this.#isClosed = true
  }

  /** A document that changes meanwhile is left to the pending changes, so no version is mapped twice. */
  async #build(): Promise<void> {
    const slice = new TimeSlice(this.#parts.pace)
    let batch: DocumentChange[] = []
    for await (const document of this.#parts.source.documents()) {
      if (this.#pending.has(document.id)) continue
      batch.push({ id: document.id, document })
      if (batch.length < BATCH) continue
      this.#index.apply(batch)
      batch = []
      await slice.mayEnd()
      this.#mustBeOpen()
    }
    this.#index.apply(batch)
  }

  async #workOff(): Promise<void> {
    const slice = new TimeSlice(this.#parts.pace)
    while (this.#pending.size > BATCH) {
      this.#applyPending(BATCH)
      await slice.mayEnd()
    }
  }

  #applyPending(count: number): void {
    const batch: DocumentChange[] = []
    for (const change of this.#pending.values()) {
      if (batch.length === count) break
      batch.push(change)
    }
    for (const { id } of batch) this.#pending.delete(id)
    this.#index.apply(batch)
  }

  #check(definition: IndexDefinition): void {
    const { map } = definition
    if (map === undefined || map === this.definition.map) return
    const checked = this.#checkedByMap.get(map) ?? new Set()
    this.#checkedByMap.set(map, checked)
    this.read()
    checkOnSample(this.#index, definition, checked)
  }

  #mustBeOpen(): void {
    if (this.#isClosed)
      throw new FirekeepError('CLOSED', 'the database was closed while a query was under way')
  }
}

/** Documents per step: small enough that the clock is looked at often, big enough that looking costs nothing. */
const BATCH = 64
const SLICE_MILLISECONDS = 6

/** Work that gives way to others after some milliseconds, so that a long build does not freeze a page. */
class TimeSlice {
  readonly #pace: Pace
  #end: number

  constructor(pace: Pace) {
    this.#pace = pace
    this.#end = pace.now() + SLICE_MILLISECONDS
  }

  async mayEnd(): Promise<void> {
    if (this.#pace.now() < this.#end) return
    await this.#pace.pause()
    this.#end = this.#pace.now() + SLICE_MILLISECONDS
  }
}
