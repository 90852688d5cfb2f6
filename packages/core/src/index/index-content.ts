import type { MaybePromise } from '../primitives/maybe-promise.js'
import type { DocumentChange } from '../state/document-change.js'
import type { DocumentSource } from './document-source.js'
import type { IndexBase, IndexStore } from './index-base.js'
import { IndexSnapshot } from './index-snapshot.js'
import { LayeredIndex, type LayeredIndexParts } from './layered-index.js'
import type { PendingChanges } from './pending-changes.js'

export interface IndexContentParts extends LayeredIndexParts {
  readonly source: DocumentSource
  /** What changed and is not worked off yet; they outlive a content that turns out to be damaged. */
  readonly pending: PendingChanges
}

/** Documents per step: small enough that the clock is looked at often, big enough that looking costs nothing. */
export const STEP = 64

/** The rows of one index as it was loaded or built, kept up by the pending changes, and how far they are stored. */
export class IndexContent {
  readonly #parts: IndexContentParts
  readonly #layers: LayeredIndex
  /** Whether the base is what is stored: not so while parts of a build are folded. */
  #isStored: boolean
  /** Documents seen while it was built; kept by `loadIndex`. */
  built = 0

  /** Over what is stored, or from nothing. */
  constructor(parts: IndexContentParts, base: IndexBase | undefined) {
    this.#parts = parts
    this.#layers = new LayeredIndex(parts, base)
    this.#isStored = base !== undefined
  }

  get base(): IndexBase | undefined {
    return this.#layers.base
  }

  /** Whether it takes so much memory that a part should be folded before it grows on. */
  get isHeavy(): boolean {
    return this.#layers.isHeavy
  }

  /** Whether folding it would make the next opening cheaper. */
  get isWorthFolding(): boolean {
    const { definition, limits, pending } = this.#parts
    if (definition.isTransient) return false
    const { base, overlaySize } = this.#layers
    if (base === undefined) return Math.max(this.built, overlaySize) >= limits.storedFrom
    return !this.#isStored || overlaySize > 0 || pending.size > 0
  }

  /** Whether it is to be folded without being asked: what would have to be done again at the next opening is much. */
  get isFarFromStored(): boolean {
    const { base, overlaySize } = this.#layers
    const isMuch = overlaySize >= Math.max(1, this.#parts.limits.storedFrom)
    return this.isWorthFolding && (base === undefined || !this.#isStored || isMuch)
  }

  /** Follows changes of documents, each of which is among them once. */
  apply(changes: readonly DocumentChange[]): void {
    this.#layers.apply(changes)
  }

  /** Works off at most so many of the pending changes. */
  applyPending(count = this.#parts.pending.size): void {
    const changes = this.#parts.pending.take(count)
    if (changes.length > 0) this.#layers.apply(changes)
  }

  /** The index as of the last change noted. */
  snapshot(): IndexSnapshot {
    this.applyPending()
    const { source } = this.#parts
    return new IndexSnapshot({ ...this.#layers.layers, clock: source.clock, find: source.finder() })
  }

  /** Ids of documents from all over the index, and some that have no row in it. */
  sample(count: number): Promise<readonly string[]> {
    return this.#layers.sample(count)
  }

  /** Stores the index as of the last change noted. When it fails, what is stored is as before. */
  async fold(store: IndexStore, breathe: () => MaybePromise<void>): Promise<void> {
    this.applyPending()
    await this.#layers.fold(store, this.#parts.source.clock, breathe)
    this.#isStored = true
  }

  /** Moves what a build made so far out of memory; it is of use to this session only. */
  async foldPart(store: IndexStore, breathe: () => MaybePromise<void>): Promise<void> {
    await this.#layers.fold(store, undefined, breathe)
    this.#isStored = false
  }
}
