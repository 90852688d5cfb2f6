import { decodeBody } from '../codec/body.js'
import { assertDocumentId } from '../codec/document-id.js'
import { FirekeepError } from '../errors.js'
import type { PlainDocument } from '../state/stored-document.js'
import type { View } from '../state/view.js'
import type { DocumentWriter } from './document-writer.js'
import type { WriteOperation, WriteRequest } from './write-call.js'

/** Reads of one view, and writes that become one commit; of several writes of one id the last counts. */
export class Transaction {
  readonly #view: View
  readonly #writer: DocumentWriter
  readonly #written = new Map<string, { readonly op: WriteOperation; readonly size: number }>()
  #isOpen = true

  constructor(view: View, writer: DocumentWriter) {
    this.#view = view
    this.#writer = writer
  }

  async find(id: string): Promise<PlainDocument | undefined> {
    this.#assertOpen()
    assertDocumentId(id)
    const written = this.#written.get(id)
    if (written === undefined) return (await this.#view.shown(id))?.copy()
    return written.op.body === null ? undefined : decodeBody(id, written.op.body)
  }

  async get(id: string): Promise<PlainDocument> {
    const document = await this.find(id)
    if (document === undefined)
      throw new FirekeepError('NOT_FOUND', `Not found: ${JSON.stringify(id)}`, { details: { id } })
    return document
  }

  put(document: unknown): { readonly id: string } {
    this.#assertOpen()
    const { id, op, size } = this.#writer.write(document)
    this.#written.set(id, { op, size })
    return { id }
  }

  del(id: string): void {
    this.#assertOpen()
    assertDocumentId(id)
    this.#written.set(id, { op: { id, body: null }, size: 0 })
  }

  /** Ends the transaction: later calls fail instead of being lost. */
  finish(): WriteRequest {
    this.#isOpen = false
    const written = [...this.#written.values()]
    return { ops: written.map(({ op }) => op), size: written.reduce((sum, { size }) => sum + size, 0) }
  }

  #assertOpen(): void {
    if (!this.#isOpen)
      throw new FirekeepError('ABORTED', 'the transaction is over; await everything inside its function')
  }
}
