import { type MaybePromise, whenReady } from '../primitives/maybe-promise.js'
import type { DocumentChange } from '../state/document-change.js'
import { DamagedIndex } from './damaged-index.js'
import type { IndexBase, IndexStore } from './index-base.js'
import type { IndexLimits } from './index-limits.js'
import type { IndexSnapshotParts } from './index-snapshot.js'
import { Overlay, type OverlayParts } from './overlay.js'

export interface LayeredIndexParts extends Omit<OverlayParts, 'hidesBase'> {
  readonly limits: IndexLimits
}

/**
 * A stored base and the overlay of what changed since. Folding moves the overlay into a new base; changes go on
 * meanwhile, and snapshots that were taken before stay as they are (L6).
 */
export class LayeredIndex {
  readonly #definition: OverlayParts['definition']
  readonly #limits: IndexLimits
  readonly #overlay: Overlay
  #base: IndexBase | undefined
  #hiddenSkips: MaybePromise<number> = 0

  constructor(parts: LayeredIndexParts, base: IndexBase | undefined) {
    this.#definition = parts.definition
    this.#limits = parts.limits
    this.#base = base
    this.#overlay = new Overlay({ ...parts, hidesBase: base !== undefined })
  }

  get base(): IndexBase | undefined {
    return this.#base
  }

  /** How many documents the overlay remembers. */
  get overlaySize(): number {
    return this.#overlay.state.traces.size
  }

  /** Whether the overlay takes so much memory that it should be folded before it grows on. */
  get isHeavy(): boolean {
    const { heavyDocuments, heavyBytes } = this.#limits
    return this.overlaySize >= heavyDocuments || this.#overlay.weight >= heavyBytes
  }

  /** What a snapshot of this moment is made of. */
  get layers(): Pick<IndexSnapshotParts, 'overlay' | 'base' | 'hiddenSkips'> {
    return { overlay: this.#overlay.state, base: this.#base, hiddenSkips: this.#hiddenSkips }
  }

  /** Follows changes of documents, each of which is among them once. */
  apply(changes: readonly DocumentChange[]): void {
    const { traces } = this.#overlay.state
    const hidden = this.#base?.skipped ? changes.filter(({ id }) => !traces.has(id)) : []
    this.#overlay.apply(changes)
    this.#hide(hidden.map(({ id }) => id))
  }

  /** Ids of documents from all over the index, and some that have no row in it. */
  async sample(count: number): Promise<readonly string[]> {
    const own = this.#overlay.sample(count)
    const base = this.#base
    if (base === undefined) return own
    try {
      const stored = await base.sample(count)
      return [...new Set([...own.slice(0, count / 2), ...stored])].slice(0, count)
    } catch (error) {
      throw DamagedIndex.from(base, error)
    }
  }

  /**
   * Moves the overlay, as it is now, into the stored part; `heads` is the clock it makes up with the base, if it is
   * that of a whole state. When it fails, everything is as before.
   */
  async fold(
    store: IndexStore,
    heads: readonly string[] | undefined,
    breathe: () => MaybePromise<void>,
  ): Promise<void> {
    const [definition, base, { unindexed }] = [this.#definition, this.#base, this.#overlay]
    const overlay = this.#overlay.beginFold()
    try {
      this.#base = await store.fold({ definition, base, overlay, heads, unindexed, breathe })
      this.#overlay.endFold()
    } catch (error) {
      this.#overlay.cancelFold()
      throw base === undefined ? error : DamagedIndex.from(base, error)
    }
    this.#hiddenSkips = 0
    this.#hide([...this.#overlay.state.traces.keys()])
  }

  /** Counts what the base skipped of documents that are in the overlay from now on. */
  #hide(ids: readonly string[]): void {
    const base = this.#base
    if (ids.length === 0 || base === undefined || base.skipped === 0) return
    const sum = whenReady(this.#hiddenSkips, hidden => this.#addSkips(base, ids, hidden))
    this.#hiddenSkips = sum
    if (!(sum instanceof Promise)) return
    const settle = (hidden: number) => {
      if (this.#hiddenSkips === sum) this.#hiddenSkips = hidden
    }
    // Whoever reads `skipped` hears of a failure.
    sum.then(settle).catch(() => undefined)
  }

  async #addSkips(base: IndexBase, ids: readonly string[], hidden: number): Promise<number> {
    try {
      const traces = await base.traces(ids)
      return traces.reduce((sum, trace) => sum + (trace?.skipped ?? 0), hidden)
    } catch (error) {
      throw DamagedIndex.from(base, error)
    }
  }
}
