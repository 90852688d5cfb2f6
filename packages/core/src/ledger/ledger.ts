import type { CidKey } from '../codec/cid.js'
import { FirekeepError, hasErrorCode } from '../errors.js'
import type { StateChange } from '../packs/state-records.js'
import { Emitter } from '../primitives/emitter.js'
import { Mutex } from '../primitives/mutex.js'
import { type Applied, applyCommits } from '../state/apply-commits.js'
import { changesAcross } from '../state/changes-across.js'
import { changesBetween } from '../state/changes-between.js'
import { loadCommits } from '../state/load-commits.js'
import { Snapshot } from '../state/snapshot.js'
import { type LoadedCommit, View } from '../state/view.js'
import type { AppendOptions, CommitBatch } from './commit-batch.js'
import { captureFold, type FoldedState, sealFold } from './folded-state.js'
import type { LedgerRights, LedgerStore } from './ledger-store.js'
import type { LedgerEvent, LedgerWriter } from './ledger-writer.js'
import { isOtherState, namedPacks } from './named-packs.js'
import { openSnapshot } from './open-snapshot.js'
import { type ResetState, sealReset } from './reset-state.js'
import { retryWrite } from './retry-write.js'
import { type SealedBatch, sealBatch } from './sealed-batch.js'
import { ViewListeners } from './view-listeners.js'

export type { LedgerRights, LedgerStore } from './ledger-store.js'
export type { LedgerEvent, LedgerWriter } from './ledger-writer.js'

export interface LedgerParts {
  /** Opens what the database is made of; with `create` it is made where it does not exist yet. */
  readonly openStore: (options: { readonly create: boolean }) => Promise<LedgerStore | undefined>
  /** The rights as they are now: somebody who could only read may have been given more. */
  readonly findRights: () => Promise<LedgerRights | undefined>
  /** Waits between two attempts to write. */
  readonly delay: (milliseconds: number) => Promise<void>
  /** Hears of commits that were dropped. */
  readonly report: (error: FirekeepError) => void
}

/**
 * The one place that appends commits, local and remote alike, and swaps the view. Before the database exists
 * its view is empty; the first {@link Ledger.exclusive} makes it.
 */
export class Ledger {
  readonly #parts: LedgerParts
  readonly #mutex = new Mutex()
  readonly #listeners = new ViewListeners()
  readonly #granted = new Emitter<void>()
  /** Batches whose outcome is not known. */
  readonly #unsettled: SealedBatch[] = []
  /** Stored commits that are no part of the history and never will be. */
  readonly #invalid = new Set<CidKey>()
  #store: LedgerStore | undefined
  #view = View.empty
  #isClosed = false

  constructor(parts: LedgerParts) {
    this.#parts = parts
  }

  get view(): View {
    return this.#view
  }

  /** What the database is made of; `undefined` until it exists. */
  get store(): LedgerStore | undefined {
    return this.#store
  }

  /** Looks again whether there is a right to write, where there was none. */
  async refreshRights(): Promise<void> {
    if (this.#store?.author === undefined) await this.#mutex.run(() => this.#findRights())
  }

  /** Calls `listener` when there is a right to write where one could only read until then. */
  onGranted(listener: () => void): () => void {
    return this.#granted.subscribe(listener)
  }

  /** Whether there are commits of which nobody knows yet if they are stored. */
  get isUnsettled(): boolean {
    return this.#unsettled.length > 0
  }

  /**
   * Calls `listener` after every swap of the view. To find the changes may mean reading all documents: whoever has no
   * use for them at that moment says so.
   */
  subscribe(listener: (event: LedgerEvent) => void, needsChanges = () => true): () => void {
    return this.#listeners.add(listener, needsChanges)
  }

  /** Reads what is stored and not in the view yet; creates nothing. */
  refresh(): Promise<void> {
    return this.#mutex.run(async () => {
      const wasOpen = this.#store !== undefined
      const store = await this.#open(false)
      if (store === undefined || !wasOpen) return
      await this.#findRights()
      await this.#load(store)
    })
  }

  /**
   * Runs `task` while nobody else appends here; the database exists from then on. What is unsettled is settled
   * first, so that the task builds on it.
   */
  exclusive<T>(task: (writer: LedgerWriter) => Promise<T>): Promise<T> {
    return this.#mutex.run(async () => {
      const store = (await this.#open(true)) as LedgerStore
      await this.#settle(store)
      const ledger = this
      return task({
        store,
        get view() {
          return ledger.#view
        },
        append: (batch, options) => this.#append(store, batch, options),
        refresh: () => this.#load(store),
        capture: () => captureFold(store.records, this.#view, this.#invalid),
        fold: folded => this.#fold(store, folded),
        reset: next => this.#reset(store, next),
      })
    })
  }

  /** Waits for what is under way, makes a last attempt at what is unsettled, and closes the storage. */
  close(): Promise<void> {
    return this.#mutex.run(async () => {
      this.#isClosed = true
      const store = this.#store
      if (store === undefined) return
      this.#store = undefined
      try {
        await this.#settle(store)
      } finally {
        await store.storage.close()
      }
    })
  }

  async #open(create: boolean): Promise<LedgerStore | undefined> {
    if (this.#isClosed) throw new FirekeepError('CLOSED', 'the database is closed; open it again')
    if (this.#store !== undefined) return this.#store
    const store = await this.#parts.openStore({ create })
    if (store === undefined) return undefined
    try {
      await this.#load(store)
    } catch (error) {
      await store.storage.close()
      throw error
    }
    this.#store = store
    return store
  }

  async #findRights(): Promise<void> {
    const store = this.#store
    if (store === undefined || store.author !== undefined) return
    const rights = await this.#parts.findRights()
    // Who was removed and made anew meanwhile is another database.
    if (rights?.author === undefined || rights.secrets.lineageId !== store.secrets.lineageId) return
    this.#store = { ...store, ...rights }
    this.#granted.emit()
  }

  /** `before`: the packs that the view lies on. */
  async #load(
    store: LedgerStore,
    before: ReadonlySet<string> = namedPacks(store.records.snapshots.values()),
  ): Promise<void> {
    const { records } = store
    for (let failed: string | undefined; ; ) {
      const { isEmpty } = records
      const change = await records.readChange()
      try {
        return await this.#take(store, change, { isAnew: isEmpty, before })
      } catch (error) {
        // What was read is not in the view, so it must not count as known: the next look reads it again.
        const found = [...records.snapshots.keys()].join()
        records.forget()
        // Another tab may have dropped a pack that was just read about.
        if (!hasErrorCode(error, 'BLOCK_MISSING') || found === failed) throw error
        failed = found
      }
    }
  }

  /** With `isAnew` the change is all that is stored. */
  async #take(
    store: LedgerStore,
    { commits: records, snapshots }: StateChange,
    { isAnew, before }: { readonly isAnew: boolean; readonly before: ReadonlySet<string> },
  ): Promise<void> {
    const arrived: LoadedCommit[] = []
    for (const { key, blocks, length } of records) {
      const { commits, hasNewer } = loadCommits(blocks)
      arrived.push(...commits)
      store.records.note(key, { commits: hasNewer ? undefined : commits.map(({ commit }) => commit), length })
    }
    if (snapshots === undefined) return this.#apply(store, arrived)
    const snapshot = await openSnapshot(store.packs, snapshots.values())
    const rest = isAnew ? arrived : [...this.#recent, ...arrived]
    await this.#rebase(snapshot, rest, isOtherState(before, snapshots.values()))
    forgetDropped(store)
  }

  /** The commits in memory. */
  get #recent(): readonly LoadedCommit[] {
    return [...this.#view.commits.values(), ...this.#view.pending.values()]
  }

  /** Goes on from another snapshot and these commits: together they hold all that is stored. */
  async #rebase(
    snapshot: Snapshot | undefined,
    rest: readonly LoadedCommit[],
    isOther = false,
  ): Promise<void> {
    const before = this.#view
    const { view, invalid } = await applyCommits(View.of(snapshot), rest)
    const compare = isOther ? changesAcross : changesBetween
    this.#swap({ view, changes: this.#listeners.needChanges ? await compare(before, view) : [], invalid })
  }

  async #reset(store: LedgerStore, next: ResetState): Promise<void> {
    const before = namedPacks(store.records.snapshots.values())
    await this.#write(await sealReset(store, next))
    store.records.forget()
    await this.#load(store, before)
  }

  async #fold(store: LedgerStore, folded: FoldedState): Promise<void> {
    const { records, packs } = store
    const { basis, record, written } = folded
    const { key, write } = await sealFold(store, folded)
    await this.#write(write)
    records.replace(key, record, basis.commitRecords)
    for (const pack of record.packs) packs.use([pack], pack.kind)
    for (const { info, blocks } of written) packs.remember(info, blocks)
    try {
      await this.#rebase(new Snapshot(folded.state, packs), this.#recent)
    } catch (error) {
      // It is stored all the same: the next look reads it.
      records.forget()
      throw error
    }
    forgetDropped(store)
  }

  async #append(store: LedgerStore, batch: CommitBatch, options: AppendOptions = {}): Promise<void> {
    const sealed = await sealBatch(store, batch, options)
    try {
      await this.#persist(store, sealed)
    } catch (error) {
      if (hasErrorCode(error, 'STORAGE_FAILED') && sealed.record !== undefined) this.#unsettled.push(sealed)
      throw error
    }
  }

  /** A failed or unknown outcome is retried with the same bytes while the session lives (L4). */
  async #settle(store: LedgerStore): Promise<void> {
    for (let batch = this.#unsettled[0]; batch !== undefined; batch = this.#unsettled[0]) {
      try {
        await this.#persist(store, batch)
      } catch (error) {
        // Refused, so nothing of it is stored, as its caller was told: only an unknown outcome is kept on.
        if (!hasErrorCode(error, 'STALE') && !hasErrorCode(error, 'QUOTA_EXCEEDED')) throw error
      }
      this.#unsettled.shift()
    }
  }

  /** Makes a batch durable, applies it and tells the listeners. */
  async #persist(store: LedgerStore, batch: SealedBatch): Promise<void> {
    const { record, content, commits } = batch
    try {
      await this.#write(batch.write)
    } catch (error) {
      const isRefused = hasErrorCode(error, 'STALE') || hasErrorCode(error, 'QUOTA_EXCEEDED')
      if (isRefused && (await this.#isStored(store, batch))) return
      throw error
    }
    if (record === undefined) return
    await this.#apply(store, commits)
    store.records.note(record, content)
  }

  /**
   * Whether an attempt whose outcome was unknown did store the batch: then a guard sees its record, and a quota
   * it. Another tab may have folded it into a snapshot since.
   */
  async #isStored(store: LedgerStore, { record, commits }: SealedBatch): Promise<boolean> {
    if (record === undefined) return false
    await this.#load(store)
    if (store.records.has(record)) return true
    const places = await Promise.all(commits.map(({ commit }) => this.#view.nodeOf(commit)))
    return places.length > 0 && places.every(place => place !== undefined)
  }

  #write(batch: () => Promise<void>): Promise<void> {
    return retryWrite(batch, this.#parts.delay)
  }

  /** Where another tab dropped a pack that the view lies on, all is read anew: these commits are stored (L6). */
  async #apply(store: LedgerStore, commits: readonly LoadedCommit[]): Promise<void> {
    try {
      this.#swap(await applyCommits(this.#view, commits))
    } catch (error) {
      if (!hasErrorCode(error, 'BLOCK_MISSING')) throw error
      store.records.forget()
      await this.#load(store)
    }
  }

  #swap({ view, changes, touched, invalid }: Applied): void {
    for (const { key, error } of invalid) {
      if (!this.#invalid.has(key)) this.#parts.report(error)
      this.#invalid.add(key)
    }
    if (view === this.#view) return
    this.#view = view
    this.#listeners.emit({ view, changes, touched })
  }
}

/** Packs that no snapshot names any more are not read again. */
function forgetDropped({ packs, records }: LedgerStore): void {
  packs.keepOnly(namedPacks(records.snapshots.values()))
}
