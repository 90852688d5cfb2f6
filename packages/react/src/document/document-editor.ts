import type { Database, FirekeepError, PutResult } from '@firekeep/core'
import { Source } from '../source/source.js'
import { toError } from '../source/to-error.js'
import { DocumentDraft } from './document-draft.js'
import type { Edits, Fields } from './edits.js'
import { eventFields, formFields, type SubmitEventLike } from './form-fields.js'

/** What a component edits: the document of an id, one that begins as given, or one made afresh each time. */
export type DocumentSubject = string | Fields | (() => Fields)

/** What a draft shows; a new object only when something of it changed. */
export interface EditorState {
  readonly id: string | undefined
  readonly initial: Fields | undefined
  readonly stored: Fields | undefined
  readonly edits: Edits
  readonly status: 'loading' | 'new' | 'ready' | 'deleted' | 'error'
  readonly saving: boolean
  readonly error: FirekeepError | undefined
}

/** What a form may hand to `submit`. */
export type SubmitInput = SubmitEventLike | FormData

export interface EditorParts {
  readonly database: Database
  readonly subject: DocumentSubject
  /** Told when somebody begins to listen. */
  readonly onStart: () => void
}

/**
 * Edits one document after the other: the same one again where the subject has an id, and a fresh one after each
 * `reset` or `submit` where it has none. Follows the database only while somebody listens to its `source`.
 */
export class DocumentEditor {
  readonly source: Source<EditorState>
  readonly #database: Database
  readonly #onStart: () => void
  #subject: DocumentSubject
  #draft: DocumentDraft
  #pending = 0
  #hasReadFailed = false
  #error: FirekeepError | undefined

  constructor({ database, subject, onStart }: EditorParts) {
    this.#database = database
    this.#subject = subject
    this.#onStart = onStart
    this.#draft = this.#makeDraft()
    this.source = new Source(this.#state, () => this.#follow())
  }

  /** Whether something would be lost if the editor were dropped: edits, or which document it has come to. */
  get isNeeded(): boolean {
    return !this.#isFixed || this.#draft.edits.size > 0 || this.#pending > 0
  }

  /** Takes what the component was rendered with last; a function is asked at the next fresh document only. */
  setSubject(subject: DocumentSubject): void {
    this.#subject = subject
    if (typeof subject === 'object') this.#draft.setInitial(subject)
  }

  readonly merge = (patch: Fields): void => this.#draft.merge(patch)

  readonly replace = (doc: Fields): void => this.#draft.replace(doc)

  readonly reset = (): void => {
    this.#error = undefined
    if (this.#isFixed) this.#draft.dropEdits()
    else this.#begin(this.#makeDraft())
  }

  readonly refresh = async (): Promise<void> => {
    this.#error = undefined
    this.#draft.dropEdits()
    await this.#read(this.#draft)
  }

  readonly save = (): Promise<PutResult> => this.#track(this.#draft.save())

  readonly remove = async (): Promise<void> => {
    await this.#track(this.#draft.remove())
    if (!this.#isFixed) this.#begin(this.#makeDraft())
  }

  readonly submit = async (input?: SubmitInput): Promise<void> => {
    this.#mergeForm(input)
    const draft = this.#draft
    const saved = this.#track(draft.save())
    // The next document begins at once: what is typed while this one is being saved belongs to that one.
    if (!this.#isFixed) this.#begin(this.#makeDraft())
    const next = this.#draft
    try {
      await saved
    } catch {
      // Reported as `error`. Nobody can catch what an event handler rejects with, and a form action that rejects
      // takes down the form with the text in it; so the text comes back instead.
      if (this.#draft === next) this.#bringBack(draft)
    }
  }

  get #isFixed(): boolean {
    return (
      typeof this.#subject === 'string' ||
      (typeof this.#subject === 'object' && typeof this.#subject._id === 'string')
    )
  }

  get #state(): EditorState {
    const { id, initial, stored, edits, status } = this.#draft
    const saving = this.#pending > 0
    return {
      id,
      initial,
      stored,
      edits,
      saving,
      status: this.#hasReadFailed ? 'error' : status,
      error: this.#error,
    }
  }

  #makeDraft(): DocumentDraft {
    const subject = this.#subject
    const initial =
      typeof subject === 'function' ? subject() : typeof subject === 'object' ? subject : undefined
    const id = typeof subject === 'string' ? subject : initial?._id
    const draft: DocumentDraft = new DocumentDraft({
      database: this.#database,
      id: typeof id === 'string' ? id : undefined,
      initial,
      changed: () => {
        if (draft === this.#draft) this.#publish()
      },
    })
    return draft
  }

  #begin(draft: DocumentDraft): void {
    this.#draft = draft
    this.#hasReadFailed = false
    this.#publish()
    void this.#read(draft)
  }

  #bringBack(draft: DocumentDraft): void {
    const typedSince = this.#draft.edits
    if (draft === this.#draft) return
    this.#draft = draft
    draft.addEdits(typedSince)
  }

  #follow(): () => void {
    this.#onStart()
    const stop = this.#subscribe()
    void this.#read(this.#draft)
    return stop
  }

  #subscribe(): () => void {
    try {
      return this.#database.subscribe(changes => {
        if (changes.some(change => change._id === this.#draft.id)) void this.#read(this.#draft)
      })
    } catch (error) {
      this.#failRead(error)
      return () => undefined
    }
  }

  /** Never rejects: what goes wrong is shown. */
  async #read(draft: DocumentDraft): Promise<void> {
    try {
      await draft.read()
      if (draft !== this.#draft || !this.#hasReadFailed) return
      this.#hasReadFailed = false
      this.#error = undefined
      this.#publish()
    } catch (error) {
      if (draft === this.#draft) this.#failRead(error)
    }
  }

  #failRead(error: unknown): void {
    this.#hasReadFailed = true
    this.#error = toError(error)
    this.#publish()
  }

  /** Counts a write while it is under way and keeps what it fails with. */
  async #track<T>(write: Promise<T>): Promise<T> {
    this.#pending += 1
    this.#error = undefined
    this.#publish()
    try {
      return await write
    } catch (error) {
      this.#error = toError(error)
      throw error
    } finally {
      this.#pending -= 1
      this.#publish()
    }
  }

  #mergeForm(input: SubmitInput | undefined): void {
    if (input === undefined) return
    const { stored, initial } = this.#draft
    const shown = stored ?? initial
    if (input instanceof FormData) {
      this.#draft.merge(formFields(input, shown))
      return
    }
    input.preventDefault()
    this.#draft.merge(eventFields(input, shown))
  }

  #publish(): void {
    const next = this.#state
    if (!isSameState(next, this.source.getSnapshot())) this.source.publish(next)
  }
}

function isSameState(a: EditorState, b: EditorState): boolean {
  return (Object.keys(a) as (keyof EditorState)[]).every(key => Object.is(a[key], b[key]))
}
