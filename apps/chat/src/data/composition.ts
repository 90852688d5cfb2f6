import type { Database, Stored } from '@firekeep/core'
import { randomId } from './random-id.js'
import type { Message, RoomDocument } from './room-document.js'

/** How often others are told that somebody is still typing: each time is a commit. */
const BEAT_EVERY = 5_000

/** After so long without a beat nobody is composing any more; a closed tab cannot say so itself. */
export const COMPOSING_FOR = 12_000

const PAGE = randomId()

/** Whether a draft is typed in this very page. */
export function isOwnDraft(draft: { readonly page: string }): boolean {
  return draft.page === PAGE
}

export interface Author {
  readonly _id: string
  readonly name: string
}

/**
 * What somebody is writing in one room: first a document that says so, then, under the same id, the message.
 *
 * Puts of one handle take effect in the order issued (L9), so nothing here waits for the one before.
 */
export class Composition {
  readonly #database: Database<RoomDocument>
  readonly #now: () => number
  #id = randomId()
  #beatAt = Number.NEGATIVE_INFINITY

  constructor(database: Database<RoomDocument>, now: () => number) {
    this.#database = database
    this.#now = now
  }

  /** Tells the others, unless they were told a moment ago. */
  async type(author: Author): Promise<void> {
    const at = this.#now()
    if (at - this.#beatAt < BEAT_EVERY) return
    this.#beatAt = at
    const { _id, name } = author
    await this.#database.put({ _id: this.#id, state: 'composing', at, author: _id, name, page: PAGE })
  }

  /** Takes back that somebody is composing. */
  async stop(): Promise<void> {
    if (this.#beatAt === Number.NEGATIVE_INFINITY) return
    const id = this.#begin()
    await this.#database.del(id)
  }

  /** Sends the message and begins the next one. Resolves when it is durable. */
  async send(author: Author, text: string): Promise<Stored<Message>> {
    const { _id, name } = author
    const message = { _id: this.#begin(), state: 'sent' as const, at: this.#now(), author: _id, name, text }
    await this.#database.put(message)
    return message
  }

  #begin(): string {
    const id = this.#id
    this.#id = randomId()
    this.#beatAt = Number.NEGATIVE_INFINITY
    return id
  }
}
