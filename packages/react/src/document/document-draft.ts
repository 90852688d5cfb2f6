import { type Clock, type Database, hasErrorCode, type PutResult } from '@firekeep/core'
import { deepFreeze } from '../source/deep-freeze.js'
import { isSameValue } from '../source/is-same-value.js'
import {
  applyEdits,
  type Edits,
  editFields,
  editsOver,
  type Fields,
  isContested,
  NO_EDITS,
  patchTowards,
  withoutIdleEdits,
  withoutSavedEdits,
} from './edits.js'

/** After so many saves that came too late, the next one goes through beside the change that overtook it. */
const MAX_OVERTAKEN = 5

export interface DocumentDraftParts {
  readonly database: Database
  /** `undefined` until the first save makes one. */
  readonly id: string | undefined
  /** What is shown, and saved, while nothing is stored. */
  readonly initial: Fields | undefined
  /** Told after every change of what the draft shows. */
  readonly changed: () => void
}

/**
 * One document with the edits that are not saved yet.
 *
 * Law: what is shown, and saved, is the stored document with the edits on top, field by field. The base that a
 * put names is the newest clock at which nobody else had changed a field that is edited here. So a change of
 * other fields is superseded by the merged document, which holds it, and no conflict remains; a change of the
 * same field is not named, and stays visible as the other side of a conflict (L2).
 */
export class DocumentDraft {
  readonly #database: Database
  readonly #changed: () => void
  #id: string | undefined
  #initial: Fields | undefined
  #stored: Fields | undefined
  /** Of the read that gave `#stored`; `undefined` before the first. */
  #clock: Clock | undefined
  #isDeleted = false
  readonly #draft: Changeset = { edits: NO_EDITS, base: [], isWhole: false }
  /** What was handed to `save` and is not stored yet; it may differ from the draft, which goes on. */
  readonly #saves = new Set<Changeset>()
  #lastSave: Promise<unknown> | undefined
  #readsBegun = 0
  #readsApplied = 0

  constructor({ database, id, initial, changed }: DocumentDraftParts) {
    this.#database = database
    this.#changed = changed
    this.#id = id
    this.#initial = initial
  }

  get id(): string | undefined {
    return this.#id
  }

  get initial(): Fields | undefined {
    return this.#initial
  }

  /** The stored document under the edits, frozen; one that was deleted stays as long as there are edits. */
  get stored(): Fields | undefined {
    return this.#stored
  }

  get edits(): Edits {
    return this.#draft.edits
  }

  get status(): 'loading' | 'new' | 'ready' | 'deleted' {
    if (this.#isUnread) return 'loading'
    if (this.#isDeleted) return 'deleted'
    return this.#stored === undefined ? 'new' : 'ready'
  }

  /** Takes another initial document; it says nothing to listeners, as it comes from a render. */
  setInitial(initial: Fields | undefined): void {
    this.#initial = initial
  }

  merge(patch: Fields): void {
    this.#edit(editFields(this.edits, patch, this.#stored))
  }

  replace(wanted: Fields): void {
    this.#draft.isWhole = this.#isUnread
    this.merge(patchTowards(wanted, this.#shown))
  }

  dropEdits(): void {
    this.#draft.isWhole = false
    this.#edit(NO_EDITS)
  }

  /** Lays newer edits over those of this draft. */
  addEdits(newer: Edits): void {
    this.#edit(new Map([...this.edits, ...editsOver(newer, this.#stored)]))
  }

  /** Takes the document as it is stored now; edits stay on top. */
  async read(): Promise<void> {
    const id = this.#id
    if (id === undefined) return
    const turn = ++this.#readsBegun
    const { stored, clock } = await readDocument(this.#database, id)
    if (turn < this.#readsApplied) return
    this.#readsApplied = turn
    this.#take(stored, clock)
  }

  /**
   * Saves what is edited at the moment of the call. Saves follow one another, as a later one must not overtake
   * the id and the version that an earlier one makes.
   */
  save(): Promise<PutResult> {
    const changes: Changeset = { ...this.#draft }
    const write = () => this.#write(changes)
    // The first one is issued in this turn, so that a read right after it waits for it (L9).
    const saved = this.#lastSave === undefined ? write() : this.#lastSave.then(write, write)
    this.#saves.add(changes)
    this.#lastSave = saved
    const finish = () => {
      this.#saves.delete(changes)
      if (this.#lastSave === saved) this.#lastSave = undefined
    }
    saved.then(finish, finish)
    return saved
  }

  /** Deletes the document, and the edits with it; what has no id yet only loses its edits. */
  async remove(): Promise<void> {
    if (this.#lastSave !== undefined) await this.#lastSave.catch(() => undefined)
    if (this.#id !== undefined) await this.#database.del(this.#id)
    this.dropEdits()
    await this.read()
  }

  get #isUnread(): boolean {
    return this.#id !== undefined && this.#clock === undefined
  }

  get #changesets(): Changeset[] {
    return [this.#draft, ...this.#saves]
  }

  get #shown(): Fields | undefined {
    return this.#stored ?? this.#initial
  }

  async #write(changes: Changeset): Promise<PutResult> {
    if (this.#isUnread) await this.read()
    for (let overtaken = 0; ; overtaken += 1) {
      const unchanged = this.#resultIfUnchanged(changes)
      if (unchanged !== undefined) return unchanged
      const mayConflict = overtaken === MAX_OVERTAKEN || isContested(changes.edits, this.#stored)
      try {
        return await this.#put(changes, mayConflict ? 'conflict' : 'fail')
      } catch (error) {
        if (!hasErrorCode(error, 'STALE')) throw error
        await this.read()
      }
    }
  }

  #resultIfUnchanged({ edits }: Changeset): PutResult | undefined {
    const isStored = this.#stored !== undefined && !this.#isDeleted
    if (!isStored || this.#id === undefined || this.#clock === undefined) return undefined
    return withoutIdleEdits(edits, this.#stored).size > 0 ? undefined : { id: this.#id, clock: this.#clock }
  }

  async #put(changes: Changeset, ifStale: 'conflict' | 'fail'): Promise<PutResult> {
    const { edits, base } = changes
    const fields = applyEdits(this.#shown, edits)
    const id = this.#id
    const result = await (id === undefined
      ? this.#database.put({ ...fields })
      : this.#database.put({ ...fields, _id: id }, { basedOn: base, ifStale }))
    this.#saves.delete(changes)
    if (this.#id === undefined) this.#startAt(result)
    await this.#readSaved(edits)
    return result
  }

  /** The document has its first version, and everything edited until now was edited over that. */
  #startAt({ id, clock }: PutResult): void {
    this.#id = id
    this.#clock = clock
    for (const changes of this.#changesets) changes.base = clock
  }

  /** The saved edits go only when the saved document has come, so that the old one does not show in between. */
  async #readSaved(saved: Edits): Promise<void> {
    try {
      await this.read()
    } catch {
      // The put is durable, which is what `save` promises. Whoever watches meets the same error in his own read.
      return
    }
    for (const changes of this.#changesets) changes.edits = withoutSavedEdits(changes.edits, saved)
    this.#settle()
  }

  #take(found: Fields | undefined, clock: Clock): void {
    if (this.#clock === undefined) this.#rebaseOnFirst(found)
    this.#clock = clock
    this.#isDeleted = found === undefined && (this.#isDeleted || this.#stored !== undefined)
    if (found !== undefined && !isSameValue(found, this.#stored)) this.#stored = deepFreeze(found)
    this.#settle()
  }

  #edit(edits: Edits): void {
    this.#draft.edits = edits
    this.#settle()
  }

  /** What was edited before anything was known about the document counts as edits of what is there. */
  #rebaseOnFirst(found: Fields | undefined): void {
    for (const changes of this.#changesets) {
      const { edits, isWhole } = changes
      const whole = isWhole ? patchTowards(applyEdits(undefined, edits), found) : {}
      changes.edits = editsOver(editFields(edits, whole, found), found)
    }
  }

  /** Brings edits, stored document and bases in line after a change of any of them. */
  #settle(): void {
    this.#draft.edits = withoutIdleEdits(this.#draft.edits, this.#shown)
    if (this.#isDeleted && this.#draft.edits.size === 0) this.#stored = undefined
    for (const changes of this.#changesets) {
      if (this.#clock !== undefined && !isContested(changes.edits, this.#stored)) changes.base = this.#clock
    }
    this.#changed()
  }
}

/** Edits, and the clock that a put of them names as its base. */
interface Changeset {
  edits: Edits
  base: Clock
  /** Whether they are a whole document that was set before the stored one was read: what they lack, goes. */
  isWhole: boolean
}

/** Document and clock of one moment. `CORRUPT` when there is a document that does not decode. */
async function readDocument(
  database: Database,
  id: string,
): Promise<{ stored: Fields | undefined; clock: Clock }> {
  const { docs, clock } = await database.allDocs({ key: id })
  // `allDocs` leaves out what does not decode. Taken for missing, it would be overwritten by the initial document.
  const stored = docs[0] ?? (await database.find(id))
  return { stored, clock }
}
