import { encodeBody } from '../codec/body.js'
import { normalizeDocument } from '../codec/document.js'
import { createUuid } from '../primitives/uuid.js'
import type { WriteOperation } from './write-call.js'

export interface WrittenDocument {
  readonly id: string
  readonly op: WriteOperation
  readonly size: number
}

/** Turns what users put into operations. Nothing of the user's object is kept, and it is not changed. */
export class DocumentWriter {
  readonly #now: () => number
  readonly #random: (length: number) => Uint8Array

  constructor(parts: { readonly now: () => number; readonly random: (length: number) => Uint8Array }) {
    this.#now = parts.now
    this.#random = parts.random
  }

  /**
   * Checks and encodes a document; `{ _id, _deleted: true }` becomes a deletion. `INVALID_DOCUMENT` names the
   * field, `LIMIT_EXCEEDED` when the content is over 16 MiB.
   */
  write(document: unknown): WrittenDocument {
    const { id = createUuid(this.#now(), this.#random), deleted, fields } = normalizeDocument(document)
    if (deleted) return { id, op: { id, body: null }, size: 0 }
    const bytes = encodeBody(fields, this.#random(16))
    return { id, op: { id, body: bytes }, size: bytes.length }
  }
}
