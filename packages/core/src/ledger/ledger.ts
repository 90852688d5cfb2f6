import type { Block } from '../codec/block.js'
import type { CID } from '../codec/cid.js'
import type { CommitNode } from '../commits/ancestry.js'
import { type Commit, decodeCommit } from '../commits/commit.js'
import type { Author } from '../crypto/identity.js'
import type { DatabaseSecrets } from '../crypto/secrets.js'
import { FirekeepError, hasErrorCode } from '../errors.js'
import { COMMIT_PREFIX, type CommitRecords } from '../packs/commit-records.js'
import { Emitter } from '../primitives/emitter.js'
import { Mutex } from '../primitives/mutex.js'
import { applyCommits } from '../state/apply-commits.js'
import type { DocumentChange } from '../state/document-change.js'
import { loadCommits } from '../state/load-commits.js'
import { type LoadedCommit, View } from '../state/view.js'
import type { Storage, StorageEntry } from '../storage/storage.js'

/** What a database is made of once it exists. */
export interface LedgerStore {
  readonly storage: Storage
  readonly records: CommitRecords
  readonly author: Author
  readonly secrets: DatabaseSecrets
}

export interface LedgerParts {
  /** Opens what the database is made of; with `create` it is made where it does not exist yet. */
  readonly openStore: (options: { readonly create: boolean }) => Promise<LedgerStore | undefined>
  /** Waits between two attempts to write. */
  readonly delay: (milliseconds: number) => Promise<void>
  /** Hears of commits that were dropped. */
  readonly report: (error: FirekeepError) => void
}

/** One swap of the view, told after the commits are durable. */
export interface LedgerEvent {
  readonly view: View
  readonly changes: readonly DocumentChange[]
}

/** New commits with the blocks that hold them. */
export interface CommitBatch {
  readonly blocks: readonly Block[]
  readonly commits: readonly LoadedCommit[]
}

export interface AppendOptions {
  /** Records that are stored in the same step. */
  readonly puts?: readonly StorageEntry[]
  /** Reject with `STALE`, writing nothing, if another tab or process committed what is not in the view yet. */
  readonly guarded?: boolean
  /** May use the room held back for writes that free space. */
  readonly reserve?: boolean
}

/** A batch on its way into the storage: the same bytes at every attempt. */
interface SealedBatch extends CommitBatch {
  /** The key of its record; `undefined` when it has no commits. */
  readonly record: string | undefined
  readonly write: () => Promise<void>
}

/** What holds the ledger may do while nobody else appends. */
export interface LedgerWriter {
  readonly view: View
  readonly store: LedgerStore
  /** Makes the batch durable, applies it and tells the listeners. */
  append(batch: CommitBatch, options?: AppendOptions): Promise<void>
  /** Takes in what other tabs and processes committed. */
  refresh(): Promise<void>
}

/**
 * The one place that appends commits, local and remote alike, and swaps the view. Before the database exists
 * its view is empty; the first {@link Ledger.exclusive} makes it.
 */
export class Ledger {
  readonly #parts: LedgerParts
  readonly #mutex = new Mutex()
  readonly #emitter = new Emitter<LedgerEvent>()
  /** Batches whose outcome is not known. */
  readonly #unsettled: SealedBatch[] = []
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

  /** Whether there are commits of which nobody knows yet if they are stored. */
  get isUnsettled(): boolean {
    return this.#unsettled.length > 0
  }

  /** Calls `listener` after every swap of the view. */
  subscribe(listener: (event: LedgerEvent) => void): () => void {
    return this.#emitter.subscribe(listener)
  }

  /** Reads what is stored and not in the view yet; creates nothing. */
  refresh(): Promise<void> {
    return this.#mutex.run(async () => {
      const wasOpen = this.#store !== undefined
      const store = await this.#open(false)
      if (store !== undefined && wasOpen) await this.#load(store)
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
      })
    })
  }

  /** Reads a commit of the history. */
  async commitOf({ cid }: CommitNode): Promise<Commit> {
    return decodeCommit({ cid, bytes: await this.#mustGetRecords().get(cid) })
  }

  /** Reads a content that lies beside a commit of the history. */
  async bodyOf({ cid }: CommitNode, body: CID): Promise<Uint8Array> {
    return this.#mustGetRecords().getBeside(cid, body)
  }

  #mustGetRecords(): CommitRecords {
    if (this.#store === undefined) throw new FirekeepError('CLOSED', 'the database is closed; open it again')
    return this.#store.records
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

  async #load(store: LedgerStore): Promise<void> {
    const blocks = await store.records.readNew()
    await this.#apply(loadCommits(blocks))
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
  async #persist(
    { storage, records }: LedgerStore,
    { record, write, blocks, commits }: SealedBatch,
  ): Promise<void> {
    try {
      await this.#retry(write)
    } catch (error) {
      // An attempt whose outcome was unknown may have stored it: then a guard sees its record, and a quota it.
      const isRefused = hasErrorCode(error, 'STALE') || hasErrorCode(error, 'QUOTA_EXCEEDED')
      if (!isRefused || record === undefined || (await storage.get(record)) === undefined) throw error
    }
    if (record === undefined) return
    records.note(record, blocks)
    await this.#apply(commits)
  }

  async #retry(write: () => Promise<void>): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await write()
      } catch (error) {
        if (!hasErrorCode(error, 'STORAGE_FAILED') || attempt === RETRY_DELAYS.length) throw error
        await this.#parts.delay(RETRY_DELAYS[attempt] as number)
      }
    }
  }

  async #apply(commits: readonly LoadedCommit[]): Promise<void> {
    const applied = await applyCommits(this.#view, commits)
    for (const error of applied.invalid) this.#parts.report(error)
    if (applied.view === this.#view) return
    this.#view = applied.view
    this.#emitter.emit({ view: applied.view, changes: applied.changes })
  }
}

const RETRY_DELAYS = [20, 100, 400]

async function sealBatch(
  { storage, records }: LedgerStore,
  { blocks, commits }: CommitBatch,
  { puts = [], guarded = false, reserve = false }: AppendOptions,
): Promise<SealedBatch> {
  const entry = blocks.length === 0 ? undefined : await records.seal(blocks)
  const entries = entry === undefined ? puts : [entry, ...puts]
  const seen = { prefix: COMMIT_PREFIX, keys: guarded ? records.knownKeys : [] }
  const write = () => storage.batch(entries, [], guarded ? { seen, reserve } : { reserve })
  return { blocks, commits, record: entry?.[0], write }
}
