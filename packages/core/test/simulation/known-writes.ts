import type { Clock } from '../../src/database/document-types.js'

/** What one writer made of a document that nobody else writes. */
export interface OwnWrite {
  readonly id: string
  /** Grows with each write of the document. */
  readonly n: number
  readonly isDeletion: boolean
}

interface OwnDocument {
  /** The last write that was acknowledged. */
  last: OwnWrite | undefined
  /** Later ones, of which nobody knows whether they took effect. */
  maybe: OwnWrite[]
}

/** What was written, and what of it was acknowledged: none of that may ever be missing (L3). */
export class KnownWrites {
  /** The clocks that writes were acknowledged with. */
  readonly clocks: Clock[] = []
  readonly #documentById = new Map<string, OwnDocument>()
  #count = 0

  get ids(): readonly string[] {
    return [...this.#documentById.keys()]
  }

  issue(id: string, isDeletion: boolean): OwnWrite {
    this.#count += 1
    const write = { id, n: this.#count, isDeletion }
    const document = this.#documentById.get(id) ?? { last: undefined, maybe: [] }
    document.maybe.push(write)
    this.#documentById.set(id, document)
    return write
  }

  acknowledge(writes: readonly OwnWrite[], clock: Clock): void {
    this.clocks.push(clock)
    for (const write of writes) {
      const document = this.#documentById.get(write.id) as OwnDocument
      if (document.last !== undefined && document.last.n > write.n) continue
      document.last = write
      document.maybe = document.maybe.filter(({ n }) => n > write.n)
    }
  }

  /** What a document may hold: the `n` of a write, `undefined` for none. */
  allowed(id: string): readonly (number | undefined)[] {
    const { last, maybe = [] } = this.#documentById.get(id) ?? { last: undefined }
    return [last, ...maybe].map(write => (write === undefined || write.isDeletion ? undefined : write.n))
  }
}
