import { FirekeepError, hasErrorCode } from '../errors.js'
import type { Progress } from '../primitives/progress.js'
import type { Pace } from '../primitives/time-slice.js'
import { TimeSlice } from '../primitives/time-slice.js'
import type { DocumentChange } from '../state/document-change.js'
import { DamagedIndex } from './damaged-index.js'
import type { AnyMapFunction, IndexDefinition } from './definition.js'
import type { DocumentSource } from './document-source.js'
import type { IndexBase, IndexStore } from './index-base.js'
import { type IndexContent, STEP } from './index-content.js'
import type { IndexLimits } from './index-limits.js'
import type { IndexSnapshot } from './index-snapshot.js'
import { loadIndex } from './load-index.js'
import { PendingChanges } from './pending-changes.js'
import { checkOnSample, SAMPLE_SIZE } from './sample-check.js'
import { Waiters, type WaitOptions } from './waiters.js'

export interface SharedIndexParts {
  readonly definition: IndexDefinition
  readonly source: DocumentSource
  readonly pace: Pace
  /** Where its rows are kept; `undefined` while there is no such place. */
  readonly openStore: () => Promise<IndexStore | undefined>
  readonly limits: IndexLimits
  readonly report: (error: unknown) => void
}

/**
 * One index of an {@link IndexSet}: at first use loaded from the store and caught up with, else built, once
 * however many ask at the same time; then kept up by the changes it is told of, which it works off when it is read
 * (L11). It is built again only where what is stored turns out to be damaged.
 *
 * Whoever reads it holds it: `ready` first, then `read` in the same turn as the clock that goes with it.
 */
export class SharedIndex {
  readonly #parts: SharedIndexParts
  readonly #waiters = new Waiters()
  readonly #pending = new PendingChanges()
  readonly #checkedByMap = new WeakMap<AnyMapFunction, Set<string>>()
  /** `undefined` while it is loaded or built: then it is not ready. */
  #content: IndexContent | undefined
  #opening: Promise<void> | undefined
  #folding: Promise<void> | undefined
  #hasFailed = false
  #isClosed = false
  /** How many readers and live queries hold the index; kept by the {@link IndexSet}. */
  holders = 0

  constructor(parts: SharedIndexParts) {
    this.#parts = parts
  }

  get definition(): IndexDefinition {
    return this.#parts.definition
  }

  /** Whether the build failed, or all who wanted it gave up; such an index is of no more use. */
  get hasFailed(): boolean {
    return this.#hasFailed || this.#isAbandoned
  }

  /** Remembers changes; they cost nothing else until the index is read. */
  note(changes: readonly DocumentChange[]): void {
    this.#pending.note(changes)
  }

  /**
   * Loads or builds the index if nobody did, works off what is pending, and checks that `definition` may share it.
   * `INVALID_QUERY` when its map function gives other rows; `CLOSED` when the set was closed meanwhile; `ABORTED`
   * when the signal fires.
   */
  async ready(definition: IndexDefinition, wait: WaitOptions = {}): Promise<void> {
    for (let mayShare = false; !mayShare || this.#content === undefined; ) {
      this.#opening ??= this.#open()
      if (this.#content === undefined) await this.#waiters.wait(this.#opening, wait)
      await this.#workOff()
      this.#mustBeOpen()
      mayShare = await this.#check(definition)
    }
  }

  /** The index as of the last change noted; `undefined` while it is not ready. */
  read(): IndexSnapshot | undefined {
    return this.#content?.snapshot()
  }

  /** Makes the index anew after a page of this stored part could not be read; the next `ready` waits for it. */
  recover(damaged: IndexBase): void {
    if (this.#content?.base !== damaged || this.#isClosed) return
    this.#content = undefined
    this.#opening = this.#open(damaged)
  }

  /** Folds what changed into the stored part, if that is worth it. Never rejects: what fails stays in memory. */
  persist(): Promise<void> {
    this.#folding ??= this.#fold().finally(() => {
      this.#folding = undefined
    })
    return this.#folding
  }

  /** Resolves when nothing is being written to the store that was begun before; never rejects. */
  async settled(): Promise<void> {
    await Promise.allSettled([this.#opening, this.#folding])
  }

  /** Ends a build; resolves when what is being folded is stored. */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.#folding
  }

  #open(damaged?: IndexBase): Promise<void> {
    const opening = this.#load(damaged).then(
      content => {
        this.#content = content
        // In the background: whoever asked need not wait for it.
        if (content.isFarFromStored) void this.persist()
      },
      error => {
        this.#hasFailed = true
        throw error
      },
    )
    // It may go on without anybody waiting; who asks later hears of it.
    opening.catch(() => undefined)
    return opening
  }

  #load(damaged: IndexBase | undefined): Promise<IndexContent> {
    const parts = {
      ...this.#parts,
      pending: this.#pending,
      openStore: () => this.#openStore(),
      mustGoOn: () => this.#mustGoOn(),
      tell: (progress: Progress) => this.#waiters.tell(progress),
    }
    return loadIndex(parts, damaged)
  }

  async #fold(): Promise<void> {
    try {
      if (this.#opening === undefined) return
      await this.#opening
      const store = await this.#openStore()
      if (store === undefined || this.#isClosed || !this.#content?.isWorthFolding) return
      await this.#workOff()
      const slice = new TimeSlice(this.#parts.pace)
      await this.#content?.fold(store, () => slice.mayEnd())
    } catch (error) {
      if (error instanceof DamagedIndex) this.recover(error.base)
      else if (!EXPECTED.some(code => hasErrorCode(error, code))) this.#parts.report(error)
    }
  }

  #openStore(): Promise<IndexStore | undefined> {
    return this.definition.isTransient ? Promise.resolve(undefined) : this.#parts.openStore()
  }

  async #workOff(): Promise<void> {
    const slice = new TimeSlice(this.#parts.pace)
    while (this.#content !== undefined && this.#pending.size > STEP) {
      this.#content.applyPending(STEP)
      await slice.mayEnd()
    }
  }

  /** Answers false where the index turned out not to be ready, so that nothing was checked. */
  async #check(definition: IndexDefinition): Promise<boolean> {
    const { map } = definition
    const content = this.#content
    if (content === undefined) return false
    if (map === undefined || map === this.definition.map) return true
    const checked = this.#checkedByMap.get(map) ?? new Set()
    this.#checkedByMap.set(map, checked)
    if (checked.size >= SAMPLE_SIZE) return true
    try {
      content.applyPending()
      const ids = await content.sample(SAMPLE_SIZE)
      const snapshot = this.read()
      if (snapshot !== undefined) await checkOnSample(snapshot, ids, definition, checked)
      return snapshot !== undefined
    } catch (error) {
      if (!(error instanceof DamagedIndex)) throw error
      this.recover(error.base)
      return false
    }
  }

  get #isAbandoned(): boolean {
    return this.#content === undefined && this.#waiters.isAbandoned && this.holders === 0
  }

  #mustGoOn(): void {
    this.#mustBeOpen()
    if (this.#isAbandoned) throw new FirekeepError('ABORTED', 'all who waited for this index gave up')
  }

  #mustBeOpen(): void {
    if (this.#isClosed)
      throw new FirekeepError('CLOSED', 'the database was closed while a query was under way')
  }
}

/** Failures of the storage: the index stays in memory then. */
const EXPECTED = [
  'QUOTA_EXCEEDED',
  'STORAGE_FAILED',
  'CLOSED',
  'ABORTED',
  'READ_ONLY',
  'LIMIT_EXCEEDED',
] as const
