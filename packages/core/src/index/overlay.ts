import type { CID } from '../codec/cid.js'
import type { FirekeepError } from '../errors.js'
import { type MapEdit, OrderedMap } from '../primitives/ordered-map.js'
import type { DocumentChange } from '../state/document-change.js'
import type { StoredDocument } from '../state/stored-document.js'
import type { IndexDefinition } from './definition.js'
import type { IndexEntry } from './index-entry.js'
import { isSameVersion } from './is-same-version.js'
import { mapDocument } from './map-document.js'
import { SpreadSample } from './spread-sample.js'

/** The state of an overlay at one moment. Immutable: a query keeps it while the index goes on (L6). */
export interface OverlayState {
  /** Entry key -> entry, in the order of the rows. */
  readonly entries: OrderedMap<IndexEntry>
  /** Id -> what the document left in `entries`. Over a stored base: of every document that changed since. */
  readonly traces: OrderedMap<Trace>
  /** Rows left out: keys that are none, and documents that could not be decoded or mapped. */
  readonly skipped: number
}

/** What a document left in an overlay. */
export interface Trace {
  /** `undefined` when it is deleted. */
  readonly version: CID | undefined
  readonly entryKeys: readonly string[]
  readonly skipped: number
}

const EMPTY: OverlayState = { entries: OrderedMap.empty(), traces: OrderedMap.empty(), skipped: 0 }

export interface OverlayParts {
  readonly definition: IndexDefinition
  /** Told of the first document that the map function throws for. */
  readonly report: (error: FirekeepError) => void
  /** Whether it lies over a stored part, of which each document that changed hides the rows. */
  readonly hidesBase: boolean
  /** What it begins with. Default: nothing. */
  readonly state?: OverlayState
}

/**
 * The part of an index that is in memory. It follows the documents it is told of; an update costs O(changed
 * documents) (L11), and each version of a document is mapped once. Without a stored part below, it is the whole
 * index, and documents that left nothing in it are not remembered.
 */
export class Overlay {
  readonly #definition: IndexDefinition
  readonly #report: (error: FirekeepError) => void
  readonly #unindexed = new SpreadSample<string>(UNINDEXED_SAMPLE)
  #hidesBase: boolean
  #state: OverlayState
  #weight = 0
  /** While a fold is under way: what changed since it began. */
  #changedIds: Set<string> | undefined
  #hasReported = false

  constructor({ definition, report, hidesBase, state = EMPTY }: OverlayParts) {
    this.#state = state
    this.#definition = definition
    this.#report = report
    this.#hidesBase = hidesBase
  }

  get state(): OverlayState {
    return this.#state
  }

  /** About how many bytes of documents it holds. */
  get weight(): number {
    return this.#weight
  }

  /** Some documents without rows. */
  get unindexed(): readonly string[] {
    return this.#unindexed.items
  }

  /** Brings the overlay to the state after these changes; each document is among them once. */
  apply(changes: Iterable<DocumentChange>): void {
    const entries: MapEdit<IndexEntry>[] = []
    const traces: MapEdit<Trace>[] = []
    let { skipped } = this.#state
    for (const change of changes) {
      const before = this.#state.traces.get(change.id)
      if (before !== undefined && isSameVersion(before.version, change.document?.version)) continue
      for (const key of before?.entryKeys ?? []) entries.push([key, undefined])
      const after = change.document === undefined ? DELETED : this.#map(change.document, entries)
      traces.push([change.id, this.#isForgettable(after) ? undefined : after])
      this.#changedIds?.add(change.id)
      skipped += after.skipped - (before?.skipped ?? 0)
    }
    if (traces.length === 0) return
    this.#state = {
      entries: this.#state.entries.update(entries),
      traces: this.#state.traces.update(traces),
      skipped,
    }
  }

  /** Ids of documents from all over the overlay, and some that have no row in it. */
  sample(count: number): string[] {
    const ids = new Set<string>(this.unindexed)
    const { entries } = this.#state
    const wanted = Math.min(count - ids.size, entries.size)
    for (let i = 0; i < wanted; i += 1) {
      const at = entries.at(Math.floor((i * entries.size) / wanted))
      if (at !== undefined) ids.add(at[1].id)
    }
    return [...ids]
  }

  /** Begins to notice what changes; answers what there is to fold. From now on there is a base, or will be. */
  beginFold(): OverlayState {
    this.#hidesBase = true
    this.#changedIds = new Set()
    return this.#state
  }

  /** What was there when the fold began is in the base now: only what changed since stays. */
  endFold(): void {
    const { entries, traces } = this.#state
    const rest: [string, Trace][] = [...(this.#changedIds ?? [])].map(id => [id, traces.get(id) ?? DELETED])
    const keys = rest.flatMap(([, trace]) => trace.entryKeys)
    this.#state = {
      entries: OrderedMap.from(keys.map(key => [key, entries.get(key) as IndexEntry])),
      traces: OrderedMap.from(rest),
      skipped: rest.reduce((sum, [, trace]) => sum + trace.skipped, 0),
    }
    this.#weight = 0
    this.#changedIds = undefined
  }

  /** The fold came to nothing: everything stays. */
  cancelFold(): void {
    this.#changedIds = undefined
  }

  #map(document: StoredDocument, edits: MapEdit<IndexEntry>[]): Trace {
    const { rows, skipped, error } = mapDocument(this.#definition, document)
    if (error !== undefined && !this.#hasReported) {
      this.#hasReported = true
      this.#report(error)
    }
    for (const row of rows) edits.push(row)
    if (rows.length === 0) this.#unindexed.add(document.id)
    else this.#weight += document.body.length
    return { version: document.version, entryKeys: rows.map(([key]) => key), skipped }
  }

  #isForgettable({ entryKeys, skipped }: Trace): boolean {
    return !this.#hidesBase && entryKeys.length === 0 && skipped === 0
  }
}

const UNINDEXED_SAMPLE = 8

const DELETED: Trace = { version: undefined, entryKeys: [], skipped: 0 }
