import type { FileDraft } from '../codec/file-draft.js'
import type { FileInfo } from '../codec/file-info.js'
import { copyValue } from '../primitives/copy-value.js'
import type { PlainDocument } from '../state/stored-document.js'
import type { WrittenDocument } from './written-document.js'

export interface DocumentDraftParts {
  readonly id: string
  readonly fields: Record<string, unknown>
  readonly files: ReadonlyMap<string, FileDraft>
  readonly unstored: ReadonlyMap<string, FileDraft>
  readonly encode: (stored: ReadonlyMap<string, FileInfo>) => WrittenDocument
}

/** A checked document with attachments whose contents are not stored here yet. */
export class DocumentDraft {
  readonly id: string
  /** What is to be stored, by the name of the attachment. */
  readonly unstored: ReadonlyMap<string, FileDraft>
  readonly #parts: DocumentDraftParts

  constructor(parts: DocumentDraftParts) {
    this.id = parts.id
    this.unstored = parts.unstored
    this.#parts = parts
  }

  /** The document, once it is known where its contents are. */
  encode(stored: ReadonlyMap<string, FileInfo>): WrittenDocument {
    return this.#parts.encode(stored)
  }

  /** A copy of the document as it was given: new attachments are the objects that the caller has. */
  preview(): PlainDocument {
    const { id, fields, files } = this.#parts
    const given = [...files].map(([name, draft]) => [
      name,
      draft.kind === 'new' ? draft.blob : (draft.read?.file ?? draft.info),
    ])
    return { _id: id, ...copyValue(fields), _files: Object.fromEntries(given) }
  }
}
