import { FirekeepError, hasErrorCode } from '../errors.js'
import type { Pace } from '../primitives/time-slice.js'
import { TimeSlice } from '../primitives/time-slice.js'
import type { DocumentChange } from '../state/document-change.js'
import type { StoredDocument } from '../state/stored-document.js'
import { DamagedIndex } from './damaged-index.js'
import type { AnyMapFunction, IndexDefinition } from './definition.js'
import type { DocumentSource } from './document-source.js'
import type { IndexBase, IndexStore } from './index-base.js'
import type { IndexLimits } from './index-limits.js'
import { IndexSnapshot } from './index-snapshot.js'
import { LayeredIndex } from './layered-index.js'
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
  /** The newest change of each document since it was last read. */
  readonly #pending = new Map<string, DocumentChange>()
  readonly #checkedByMap = new WeakMap<AnyMapFunction, Set<string>>()
  #layers: LayeredIndex
  #opening: Promise<void> | undefined
  #folding: Promise<void> | undefined
  #isReady = false
  #hasFailed = false
  #isClosed = false
  /** Documents seen while it was built. */
  #built = 0
  /** Whether the base is what is stored: not so while parts of a build are folded. */
  #isStored = false
  /** The store failed while the index was built: it stays in memory until it is folded as a whole. */
  #keepsInMemory = false
  /** How many readers and live queries hold the index; kept by the {@link IndexSet}. */
  holders = 0

  constructor(parts: SharedIndexParts) {
    this.#parts = parts
    this.#layers = new LayeredIndex(parts, undefined)
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
    for (const change of changes) this.#pending.set(change.id, change)
  }

  /**
   * Loads or builds the index if nobody did, works off what is pending, and checks that `definition` may share it.
   * `INVALID_QUERY` when its map function gives other rows; `CLOSED` when the set was closed meanwhile; `ABORTED`
   * when the signal fires.
   */
  async ready(definition: IndexDefinition, wait: WaitOptions = {}): Promise<void> {
    for (let mayShare = false; !mayShare || !this.#isReady; ) {
      this.#opening ??= this.#open()
      if (!this.#isReady) await this.#waiters.wait(this.#opening, wait)
      await this.#workOff()
      this.#mustBeOpen()
      mayShare = await this.#check(definition)
    }
  }

  /** The index as of the last change noted; `undefined` while it is not ready. */
  read(): IndexSnapshot | undefined {
    return this.#isReady ? this.#snapshot() : undefined
  }

  /** Makes the index anew after a page of this stored part could not be read; the next `ready` waits for it. */
  recover(damaged: IndexBase): void {
    if (!this.#isReady || this.#layers.base !== damaged || this.#isClosed) return
    this.#isReady = false
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
      () => {
        this.#isReady = true
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

  async #load(damaged?: IndexBase): Promise<void> {
    let unusable = damaged
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.#tryLoad(unusable)
        // In the background: whoever asked need not wait for it.
        if (this.#isFarFromStored) queueMicrotask(() => void this.persist())
        return
      } catch (error) {
        if (error instanceof DamagedIndex) unusable = error.base
        // A page of the documents may be gone too: its pack was dropped after the build began (L6).
        else if (!hasErrorCode(error, 'BLOCK_MISSING')) throw error
        if (attempt === LOADS) throw error
      }
    }
  }

  async #tryLoad(damaged: IndexBase | undefined): Promise<void> {
    const base = await this.#loadBase(damaged)
    const changes = base && (await this.#parts.source.changedSince(base.heads))
    this.#isStored = changes !== undefined
    this.#keepsInMemory = false
    this.#layers = new LayeredIndex(this.#parts, changes && base)
    if (changes === undefined) return this.#build()
    await this.#feed(changes, () => undefined)
    if (base?.isSameSource === false) await this.#checkStored()
  }

  async #loadBase(damaged: IndexBase | undefined): Promise<IndexBase | undefined> {
    const { definition } = this.#parts
    try {
      const store = await this.#openStore()
      return await (damaged === undefined ? store?.load(definition) : store?.recover(definition, damaged))
    } catch (error) {
      if (hasErrorCode(error, 'CLOSED')) throw error
      // An index is a cache: where it cannot be read, it is made anew.
      return undefined
    }
  }

  async #build(): Promise<void> {
    const { source } = this.#parts
    this.#built = 0
    const tell = (done: number) => {
      this.#built = done
      this.#waiters.tell({ done, total: source.size })
    }
    await this.#feed(toChanges(source.documents()), tell)
  }

  /** A document that changes meanwhile is left to the pending changes, so no version is mapped twice. */
  async #feed(
    changes: AsyncIterable<DocumentChange> | Iterable<DocumentChange>,
    tell: (done: number) => void,
  ): Promise<void> {
    const slice = new TimeSlice(this.#parts.pace)
    let batch = new Map<string, DocumentChange>()
    let done = 0
    for await (const change of changes) {
      done += 1
      if (!this.#pending.has(change.id)) batch.set(change.id, change)
      if (batch.size < BATCH) continue
      this.#layers.apply([...batch.values()])
      batch = new Map()
      tell(done)
      await slice.mayEnd()
      this.#mustGoOn()
      if (this.#layers.isHeavy) await this.#foldPart(slice)
    }
    this.#layers.apply([...batch.values()])
    this.#mustGoOn()
    tell(done)
  }

  /** Makes room in memory for the rest of a build. */
  async #foldPart(slice: TimeSlice): Promise<void> {
    const store = this.#keepsInMemory ? undefined : await this.#openStore()
    if (store === undefined) return
    try {
      await this.#layers.fold(store, undefined, async () => {
        await slice.mayEnd()
        this.#mustGoOn()
      })
      this.#isStored = false
    } catch (error) {
      if (error instanceof DamagedIndex) throw error
      this.#mustGoOn()
      this.#keepsInMemory = true
    }
  }

  async #fold(): Promise<void> {
    try {
      if (this.#opening === undefined) return
      await this.#opening
      const store = await this.#openStore()
      if (store === undefined || this.#isClosed || !this.#isWorthFolding) return
      await this.#workOff()
      if (!this.#isReady) return
      this.#applyPending(this.#pending.size)
      const [layers, slice] = [this.#layers, new TimeSlice(this.#parts.pace)]
      await layers.fold(store, this.#parts.source.clock, () => slice.mayEnd())
      if (layers === this.#layers) this.#isStored = true
    } catch (error) {
      if (error instanceof DamagedIndex) this.recover(error.base)
      else if (!EXPECTED.some(code => hasErrorCode(error, code))) this.#parts.report(error)
    }
  }

  get #isWorthFolding(): boolean {
    if (this.definition.isTransient) return false
    const { base, overlaySize } = this.#layers
    if (base === undefined) return Math.max(this.#built, overlaySize) >= this.#parts.limits.storedFrom
    return !this.#isStored || overlaySize > 0 || this.#pending.size > 0
  }

  /** Whether it is to be folded without being asked: what would have to be done again at the next opening is much. */
  get #isFarFromStored(): boolean {
    const { base, overlaySize } = this.#layers
    const isMuch = overlaySize >= Math.max(1, this.#parts.limits.storedFrom)
    return this.#isWorthFolding && (base === undefined || !this.#isStored || isMuch)
  }

  #openStore(): Promise<IndexStore | undefined> {
    return this.definition.isTransient ? Promise.resolve(undefined) : this.#parts.openStore()
  }

  async #workOff(): Promise<void> {
    const slice = new TimeSlice(this.#parts.pace)
    while (this.#isReady && this.#pending.size > BATCH) {
      this.#applyPending(BATCH)
      await slice.mayEnd()
    }
  }

  #applyPending(count: number): void {
    if (this.#pending.size === 0) return
    const batch: DocumentChange[] = []
    for (const change of this.#pending.values()) {
      if (batch.length === count) break
      batch.push(change)
    }
    for (const { id } of batch) this.#pending.delete(id)
    this.#layers.apply(batch)
  }

  #snapshot(): IndexSnapshot {
    this.#applyPending(this.#pending.size)
    const { source } = this.#parts
    return new IndexSnapshot({ ...this.#layers.layers, clock: source.clock, find: source.finder() })
  }

  /** Answers false where the index turned out not to be ready, so that nothing was checked. */
  async #check(definition: IndexDefinition): Promise<boolean> {
    const { map } = definition
    if (!this.#isReady) return false
    if (map === undefined || map === this.definition.map) return true
    const checked = this.#checkedByMap.get(map) ?? new Set()
    this.#checkedByMap.set(map, checked)
    if (checked.size >= SAMPLE_SIZE) return true
    try {
      this.#applyPending(this.#pending.size)
      const ids = await this.#layers.sample(SAMPLE_SIZE)
      const snapshot = this.read()
      if (snapshot !== undefined) await checkOnSample(snapshot, ids, definition, checked)
      return snapshot !== undefined
    } catch (error) {
      if (!(error instanceof DamagedIndex)) throw error
      this.recover(error.base)
      return false
    }
  }

  /** Tries a map function whose text is not that of the one that made the stored rows; only these tell. */
  async #checkStored(): Promise<void> {
    const ids = await this.#layers.sample(2 * SAMPLE_SIZE)
    const snapshot = this.#snapshot()
    const stored = ids.filter(id => !snapshot.isChanged(id))
    await checkOnSample(snapshot, stored, this.definition, new Set())
  }

  get #isAbandoned(): boolean {
    return !this.#isReady && this.#waiters.isAbandoned && this.holders === 0
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

/** Where others replace what is stored meanwhile, loading starts again, but not for ever. */
const LOADS = 4

/** Documents per step: small enough that the clock is looked at often, big enough that looking costs nothing. */
const BATCH = 64

/** Failures of the storage: the index stays in memory then. */
const EXPECTED = [
  'QUOTA_EXCEEDED',
  'STORAGE_FAILED',
  'CLOSED',
  'ABORTED',
  'READ_ONLY',
  'LIMIT_EXCEEDED',
] as const

async function* toChanges(
  documents: AsyncIterable<StoredDocument> | Iterable<StoredDocument>,
): AsyncGenerator<DocumentChange, void> {
  for await (const document of documents) yield { id: document.id, document }
}
