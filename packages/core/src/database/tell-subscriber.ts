import { reportUncaught } from '../primitives/emitter.js'
import type { DocumentChange } from '../state/document-change.js'
import type { PlainDocument, StoredDocument } from '../state/stored-document.js'

/** Gives a subscriber its own copies of the changed documents; one that does not decode is reported and left out. */
export function tellSubscriber(
  listener: (changes: PlainDocument[]) => void,
  changes: readonly DocumentChange[],
  copy: (document: StoredDocument) => PlainDocument,
): void {
  const docs = changes.flatMap(({ id, document }) => {
    try {
      return [document === undefined ? { _id: id, _deleted: true } : copy(document)]
    } catch (error) {
      reportUncaught(error)
      return []
    }
  })
  if (docs.length > 0) listener(docs)
}
