import { FirekeepError } from '../errors.js'
import { DocumentDraft } from './document-draft.js'
import type { WrittenDocument } from './written-document.js'

/** Refuses a document whose attachments are not stored, where nobody stores them. */
export function mustBeWritten(prepared: WrittenDocument | DocumentDraft): WrittenDocument {
  if (!(prepared instanceof DocumentDraft)) return prepared
  const message = '_files holds a new attachment, which this call does not store: store it with `put` first'
  throw new FirekeepError('INVALID_DOCUMENT', message, { details: { path: '_files' } })
}
