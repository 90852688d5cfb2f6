import type { Database, Progress, Stored } from '@firekeep/core'
import { pictureNames } from './picture-names.js'
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

/** A picture that is ready to be sent. */
export interface PictureFile {
  readonly file: File
  readonly width: number
  readonly height: number
}

/** What is said: words, pictures, or both. */
export interface Content {
  readonly text: string
  readonly pictures?: readonly PictureFile[]
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

  /**
   * Sends the message and begins the next one. Resolves when it and its pictures are durable; `onProgress` tells how many
   * bytes of these are.
   */
  async send(
    author: Author,
    { text, pictures = [] }: Content,
    onProgress: (progress: Progress) => void = () => undefined,
  ): Promise<Stored<Message>> {
    const { _id, name } = author
    const words = { _id: this.#begin(), state: 'sent' as const, at: this.#now(), author: _id, name, text }
    if (pictures.length === 0) {
      await this.#database.put(words)
      return words
    }
    const names = pictureNames(pictures.map(({ file }) => file.name))
    const named = pictures.map(({ width, height }, index) => ({
      name: names[index] as string,
      width,
      height,
    }))
    const files = Object.fromEntries(pictures.map(({ file }, index) => [names[index], file]))
    const message = { ...words, pictures: named }
    await this.#database.put({ ...message, _files: files }, { onProgress })
    return message
  }

  #begin(): string {
    const id = this.#id
    this.#id = randomId()
    this.#beatAt = Number.NEGATIVE_INFINITY
    return id
  }
}
