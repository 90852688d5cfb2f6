import { encodeBody } from '../codec/body.js'
import { normalizeDocument } from '../codec/document.js'
import { fileDigests } from '../codec/file-digests.js'
import type { FileDraft } from '../codec/file-draft.js'
import type { FileInfo } from '../codec/file-info.js'
import type { FileSource } from '../codec/stored-file.js'
import { createUuid } from '../primitives/uuid.js'
import { DocumentDraft } from './document-draft.js'
import { mustBeWritten } from './must-be-written.js'
import type { WrittenDocument } from './written-document.js'

export type { WrittenDocument } from './written-document.js'

export interface DocumentWriterParts {
  readonly now: () => number
  readonly random: (length: number) => Uint8Array
  /** Whether attachments that were read there are attachments here. Default: none are. */
  readonly isOwn?: (source: FileSource) => boolean
}

/** Turns what users put into operations. Nothing of the user's object is kept, and it is not changed. */
export class DocumentWriter {
  readonly #parts: DocumentWriterParts

  constructor(parts: DocumentWriterParts) {
    this.#parts = parts
  }

  /**
   * Checks and encodes a document; `{ _id, _deleted: true }` becomes a deletion. `INVALID_DOCUMENT` names the
   * field, `LIMIT_EXCEEDED` when the content is over 16 MiB. New attachments are refused: see {@link DocumentWriter.prepare}.
   */
  write(document: unknown): WrittenDocument {
    return mustBeWritten(this.prepare(document))
  }

  /** As `write`; a document with contents that are to be stored first is encoded after that. */
  prepare(document: unknown): WrittenDocument | DocumentDraft {
    const { now, random } = this.#parts
    const { id = createUuid(now(), random), deleted, fields, files } = normalizeDocument(document)
    if (deleted) return { id, op: { id, body: null }, size: 0 }
    if (files === undefined) return this.#encode(id, fields)
    const infoByName = new Map<string, FileInfo>()
    const unstored = new Map<string, FileDraft>()
    for (const [name, draft] of files) {
      if (draft.kind === 'stored' && this.#isHere(draft)) infoByName.set(name, draft.info)
      else unstored.set(name, draft)
    }
    if (unstored.size === 0) return this.#encode(id, fields, infoByName)
    const encode = (stored: ReadonlyMap<string, FileInfo>) => {
      // In the order given, as fields are.
      const all = [...files.keys()].map(name => [name, stored.get(name) ?? infoByName.get(name)] as const)
      return this.#encode(id, fields, new Map(all as [string, FileInfo][]))
    }
    return new DocumentDraft({ id, fields, files, unstored, encode })
  }

  /** A copy that is mere data is taken for what this database has. */
  #isHere({ read }: Extract<FileDraft, { kind: 'stored' }>): boolean {
    return read === undefined || (this.#parts.isOwn?.(read.source) ?? false)
  }

  #encode(
    id: string,
    fields: Record<string, unknown>,
    files?: ReadonlyMap<string, FileInfo>,
  ): WrittenDocument {
    const body = encodeBody(fields, this.#parts.random(16), files)
    const digests = files && fileDigests(files.values())
    const op = digests === undefined ? { id, body } : { id, body, files: digests }
    return { id, op, size: body.length }
  }
}
