import type { Database } from '@firekeep/core'
import { DocumentEditor, type DocumentSubject } from './document-editor.js'

/**
 * The editors of one component. A draft belongs to its document: when the component goes on to another id, an
 * editor with unsaved edits stays here, and its edits are there again when that id comes back.
 */
export class EditorShelf {
  readonly #editors = new Set<ShelvedEditor>()

  /** The same editor for the same database and document. */
  editorOf(database: Database, subject: DocumentSubject): DocumentEditor {
    const key = keyOf(subject)
    for (const shelved of this.#editors) {
      if (shelved.database === database && shelved.key === key) return shelved.editor
    }
    const editor: DocumentEditor = new DocumentEditor({
      database,
      subject,
      onStart: () => this.#keep(shelved),
    })
    const shelved = { database, key, editor }
    this.#editors.add(shelved)
    return editor
  }

  /** One without edits goes when the next one is in use, not before: its component may only be hidden. */
  #keep(started: ShelvedEditor): void {
    for (const shelved of this.#editors) {
      if (!shelved.editor.isNeeded) this.#editors.delete(shelved)
    }
    this.#editors.add(started)
  }
}

interface ShelvedEditor {
  readonly database: Database
  readonly key: string
  readonly editor: DocumentEditor
}

/** Functions are one subject whatever they return: they are written inline and asked only once per document. */
function keyOf(subject: DocumentSubject): string {
  if (typeof subject === 'function') return 'made'
  const id = typeof subject === 'string' ? subject : subject._id
  return typeof id === 'string' ? `id:${id}` : 'new'
}
