import type { AnyDocument, Database, Draft, FirekeepError, PutResult, Stored } from '@firekeep/core'
import { useInsertionEffect, useMemo, useState } from 'react'
import type { DocumentSubject, EditorState, SubmitInput } from './document/document-editor.js'
import { EditorShelf } from './document/editor-shelf.js'
import { applyEdits, type Fields } from './document/edits.js'
import { useByValue } from './source/use-by-value.js'
import { useSource } from './source/use-source.js'
import { useDatabase } from './use-database.js'

export interface UseDocumentOptions<D extends object = AnyDocument> {
  readonly database?: Database<D> | undefined
}

/** Some fields of a document, `undefined` for those to take out. */
export type FieldEdits<D> = { readonly [Field in keyof D]?: D[Field] | undefined }

/** A document that is being shown and edited. The functions keep their identity and need no `this`. */
export interface DocumentHandle<D extends object, Shown = Draft<D>> {
  /** The stored document with the edits on top, or what it begins as; frozen. */
  readonly doc: Shown
  /**
   * `loading`: not read yet. `new`: nothing is stored under this id. `deleted`: somebody deleted it; edits are
   * kept, and `save` brings the document back. `error`: it cannot be read, see `error`.
   */
  readonly status: 'loading' | 'new' | 'ready' | 'deleted' | 'error'
  /** Whether there are edits that are not saved. */
  readonly dirty: boolean
  readonly saving: boolean
  /** What the last read or write failed with, until the next one. */
  readonly error: FirekeepError | undefined
  /** Edits these fields; `undefined` takes a field out. */
  readonly merge: (fields: FieldEdits<D>) => void
  /** Edits the document to be this one. What it says as before is no edit. */
  readonly replace: (doc: Draft<D>) => void
  /** Drops the edits. Where the document began without an id, goes on to a fresh one. */
  readonly reset: () => void
  /** Drops the edits and reads the document again. */
  readonly refresh: () => Promise<void>
  /** Saves what is edited at this moment; rejects as `db.put` does, and keeps the edits then. */
  readonly save: () => Promise<PutResult>
  /** Deletes the document and drops the edits. */
  readonly remove: () => Promise<void>
  /**
   * For `onSubmit` and form actions: prevents the default, merges what the form says, saves, and goes on to a
   * fresh document as `reset` does. Never rejects: a failure is shown as `error`, and the edits come back.
   */
  readonly submit: (input?: SubmitInput) => Promise<void>
}

/**
 * One document, live, with edits that are saved when you say so.
 *
 * Give it an id (`doc` is `undefined` while nothing is stored), a document to begin with (with an `_id` it is
 * what is shown until one is stored; without, `save` makes the id), or a function that makes one, asked once and
 * again after each `reset` or `submit`. Initial documents may be written inline: what they say at the last
 * render counts, under the edits.
 *
 * While there are edits, changes by others are merged into them field by field. Other fields follow the stored
 * document. On a field that both changed the edit wins, and the put names the version it was made over, so that
 * the other one stays visible in `db.conflicts()`. A draft belongs to its document: after a change of id nothing
 * of the former one is shown, and its edits are there again when that id comes back, as long as the component
 * is mounted.
 *
 * @example
 * ```tsx
 * function Composer({ author }: { author: string }) {
 *   const { doc, merge, submit } = useDocument({ type: 'message', author, text: '' })
 *   return (
 *     <form onSubmit={submit}>
 *       <input value={doc.text} onChange={event => merge({ text: event.target.value })} />
 *     </form>
 *   )
 * }
 * ```
 */
// Functions first: TypeScript types a function without parameters at the first overload it meets.
export function useDocument<D extends object>(
  initial: () => Draft<NoInfer<D>>,
  options: { readonly database: Database<D> },
): DocumentHandle<D>
export function useDocument<D extends object>(
  initial: () => Draft<D>,
  options?: UseDocumentOptions<D>,
): DocumentHandle<D>
export function useDocument<D extends object = AnyDocument>(
  id: string,
  options?: UseDocumentOptions<D>,
): DocumentHandle<D, Stored<D> | undefined>
export function useDocument<D extends object>(
  initial: Draft<NoInfer<D>>,
  options: { readonly database: Database<D> },
): DocumentHandle<D>
export function useDocument<D extends object>(
  initial: Draft<D>,
  options?: UseDocumentOptions<D>,
): DocumentHandle<D>
export function useDocument(
  inline: DocumentSubject,
  options: UseDocumentOptions = {},
): DocumentHandle<Record<string, unknown>, Fields | undefined> {
  const database = useDatabase(options.database)
  const subject = useByValue(inline)
  const [shelf] = useState(() => new EditorShelf())
  const editor = shelf.editorOf(database, subject)
  // Before any other effect, and before any event, so that a save never meets the initial document of an older render.
  useInsertionEffect(() => editor.setSubject(subject), [editor, subject])
  const state = useSource(editor.source)
  const initial = typeof subject === 'object' ? subject : state.initial
  const doc = useMemo(() => shownDocument(state, initial), [state, initial])
  return useMemo(() => {
    const { merge, replace, reset, refresh, save, remove, submit } = editor
    const { status, edits, saving, error } = state
    return {
      doc,
      status,
      dirty: edits.size > 0,
      saving,
      error,
      merge,
      replace,
      reset,
      refresh,
      save,
      remove,
      submit,
    }
  }, [editor, state, doc])
}

function shownDocument({ id, stored, edits }: EditorState, initial: Fields | undefined): Fields | undefined {
  const base = stored ?? initial
  if (base === undefined && edits.size === 0) return undefined
  const fields = applyEdits(base, edits)
  return Object.freeze(id === undefined ? fields : { ...fields, _id: id })
}
