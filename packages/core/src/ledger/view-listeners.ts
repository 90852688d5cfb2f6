import { Emitter } from '../primitives/emitter.js'
import type { LedgerEvent } from './ledger-writer.js'

/** Who hears of swaps of the view, and whether anybody would have use for the changes. */
export class ViewListeners {
  readonly #emitter = new Emitter<LedgerEvent>()
  readonly #needs = new Set<{ readonly needsChanges: () => boolean }>()

  /** Whether a listener would miss the changes now. */
  get needChanges(): boolean {
    return [...this.#needs].some(({ needsChanges }) => needsChanges())
  }

  add(listener: (event: LedgerEvent) => void, needsChanges: () => boolean): () => void {
    const need = { needsChanges }
    const unsubscribe = this.#emitter.subscribe(listener)
    this.#needs.add(need)
    return () => {
      this.#needs.delete(need)
      unsubscribe()
    }
  }

  emit(event: LedgerEvent): void {
    this.#emitter.emit(event)
  }
}
