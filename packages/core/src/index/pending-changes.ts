import type { DocumentChange } from '../state/document-change.js'

/** The newest change of each document that was noted and not taken yet. */
export class PendingChanges {
  readonly #changeById = new Map<string, DocumentChange>()

  get size(): number {
    return this.#changeById.size
  }

  has(id: string): boolean {
    return this.#changeById.has(id)
  }

  note(changes: readonly DocumentChange[]): void {
    for (const change of changes) this.#changeById.set(change.id, change)
  }

  /** Takes out at most so many, those of the documents noted first. */
  take(count: number): DocumentChange[] {
    const taken: DocumentChange[] = []
    for (const change of this.#changeById.values()) {
      if (taken.length === count) break
      taken.push(change)
    }
    for (const { id } of taken) this.#changeById.delete(id)
    return taken
  }
}
