import type { StoredDocument } from './stored-document.js'

/** A document whose winner is another one than before; `document` is `undefined` when it is deleted now. */
export interface DocumentChange {
  readonly id: string
  readonly document: StoredDocument | undefined
}
