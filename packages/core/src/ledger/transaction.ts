import { decodeBody } from '../codec/body.js'
import { assertDocumentId } from '../codec/document-id.js'
import { bindFiles, type FileSource } from '../codec/stored-file.js'
import { FirekeepError } from '../errors.js'
import type { PlainDocument } from '../state/stored-document.js'
import type { View } from '../state/view.js'
import { DocumentDraft } from './document-draft.js'
import type { DocumentWriter, WrittenDocument } from './document-writer.js'

/** Reads of one view, and writes that become one commit; of several writes of one id the last counts. */
export class Transaction {
  readonly #view: View
  readonly #writer: DocumentWriter
  readonly #files: FileSource | undefined
  readonly #written = new Map<string, WrittenDocument | DocumentDraft>()
  #isOpen = true

  /** `files`: where attachments of the documents it reads are loaded from. */
  constructor(view: View, writer: DocumentWriter, files?: FileSource) {
    this.#view = view
    this.#writer = writer
    this.#files = files
  }

  async find(id: string): Promise<PlainDocument | undefined> {
    this.#assertOpen()
    assertDocumentId(id)
    return bindFiles(await this.#read(id), this.#files)
  }

  async #read(id: string): Promise<PlainDocument | undefined> {
    const written = this.#written.get(id)
    if (written === undefined) return (await this.#view.shown(id))?.copy()
    if (written instanceof DocumentDraft) return written.preview()
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
    const written = this.#writer.prepare(document)
    this.#written.set(written.id, written)
    return { id: written.id }
  }

  del(id: string): void {
    this.#assertOpen()
    assertDocumentId(id)
    this.#written.set(id, { id, op: { id, body: null }, size: 0 })
  }

  /** Ends the transaction: later calls fail instead of being lost. Answers what it wrote. */
  finish(): readonly (WrittenDocument | DocumentDraft)[] {
    this.#isOpen = false
    return [...this.#written.values()]
  }

  #assertOpen(): void {
    if (!this.#isOpen)
      throw new FirekeepError('ABORTED', 'the transaction is over; await everything inside its function')
  }
}
