import { assert, FirekeepError, hasErrorCode } from '../errors.js'
import type { PastViews } from '../history/past-views.js'
import { DocumentWriter } from '../ledger/document-writer.js'
import type { LedgerEvent, LedgerStore } from '../ledger/ledger.js'
import { readOnly } from '../ledger/must-get-author.js'
import { WriteQueue } from '../ledger/write-queue.js'
import { Emitter, reportUncaught } from '../primitives/emitter.js'
import type { MaybePromise } from '../primitives/maybe-promise.js'
import type { View } from '../state/view.js'
import type { ViewAt } from '../state/view-at.js'
import type { Storage, StorageSpace } from '../storage/storage.js'
import type { Environment } from './environment.js'
import { EngineFiles } from './files/engine-files.js'
import type { EngineCore, OpenCoreParts, StoredParts } from './open-core.js'
import type { QueriedEngine, Queries } from './queries.js'
import { Attachments } from './sync/attachments.js'

export interface SiblingOptions {
  readonly withKey: boolean
  /** Another place than this one. */
  readonly space?: StorageSpace
}

export interface EngineParts {
  readonly name: string
  readonly environment: Environment
  /** Opens another database in the same place, with the same options; without `key` where they had one and it shall not be used. */
  readonly openSibling: (name: string, options: SiblingOptions) => unknown
  /** Loads the core and reads what is stored. */
  readonly load: (
    queries: Promise<Queries>,
    packSource: OpenCoreParts['packSource'] & object,
  ) => Promise<EngineCore>
  /** Loads what answers queries, with all else that opens the database, and reads nothing. */
  readonly loadQueries: (engine: QueriedEngine) => Promise<Queries>
  /** Loads what is needed to look at what is stored, and reads nothing. */
  readonly openStored: () => Promise<StoredParts>
}

/** What a read of documents needs of a state, of now or of an earlier moment. */
export type ReadableView = Pick<
  View | ViewAt,
  'clock' | 'entry' | 'shown' | 'documentOf' | 'pages' | 'shownPages'
>

/**
 * One open database in one page or process, shared by all its handles. Opens at first use: reads wait for what
 * is stored, writes for the reads before them.
 */
export class Engine {
  readonly name: string
  readonly environment: Environment
  readonly writer: DocumentWriter
  readonly queue: WriteQueue
  readonly attachments = new Attachments()
  readonly files: EngineFiles
  readonly openSibling: EngineParts['openSibling']
  readonly #load: EngineParts['load']
  readonly #loadQueries: EngineParts['loadQueries']
  readonly #openStored: EngineParts['openStored']
  readonly #events = new Emitter<LedgerEvent>()
  readonly #commits = new Emitter<Pick<LedgerEvent, 'touched'>>()
  readonly #closed = new Emitter<void>()
  readonly #queriesLoaded = new Emitter<Queries>()
  readonly #stops: (() => unknown)[] = []
  #loadingQueries: Promise<Queries> | undefined
  #queries: Queries | undefined
  #opened: Promise<EngineCore> | undefined
  #hasFailed = false
  #core: EngineCore | undefined
  #closing: Promise<void> | undefined
  /** The earlier moments that were read last. */
  #past: PastViews | undefined

  constructor({ name, environment, load, loadQueries, openSibling, openStored }: EngineParts) {
    this.name = name
    this.environment = environment
    this.files = new EngineFiles({
      environment,
      attachments: this.attachments,
      storageId: () => this.#core?.home.storageId,
      openStore: () => this.#openFileStore(),
    })
    const { now, random } = environment
    this.writer = new DocumentWriter({ now, random, isOwn: this.files.isOwn })
    this.queue = new WriteQueue(
      async () => (await this.open()).committer,
      () => this.viewNow,
    )
    this.#load = load
    this.#loadQueries = loadQueries
    this.#openStored = openStored
    this.openSibling = openSibling
  }

  get isClosed(): boolean {
    return this.#closing !== undefined
  }

  /** The newest view; `undefined` until the database is open. */
  get viewNow(): View | undefined {
    return this.#core?.ledger.view
  }

  /** Which database it is; `undefined` until that is known. */
  get lineageId(): string | undefined {
    return this.#core?.ledger.store?.secrets.lineageId
  }

  /** The clock of the newest view. */
  get clock(): readonly string[] {
    return this.viewNow?.clock ?? []
  }

  /** Reads what is stored, once; a failed attempt is made again at the next call. */
  open(): Promise<EngineCore> {
    this.#opened ??= this.#open().catch(error => {
      this.#opened = undefined
      this.#hasFailed = true
      throw error
    })
    return this.#opened
  }

  async #open(): Promise<EngineCore> {
    this.#assertOpen()
    const core = await this.#load(this.loadQueries(), store => this.attachments.packSource(store))
    this.#core = core
    this.#stops.push(
      core.ledger.subscribe(
        event => this.#onSwap(event),
        () => this.#queries?.indexes.isUsed || this.#events.isObserved,
      ),
      core.home.watch(() => this.#refresh(core)),
      core.autoCompact(),
    )
    // Who read before it could be opened reads now.
    if (this.#hasFailed) this.#commits.emit({ touched: undefined })
    return core
  }

  /** The newest view, with everything in it that was written through this engine before the call. */
  async view(): Promise<View> {
    const { settled } = this.queue
    const { ledger } = await this.open()
    await settled
    this.#assertOpen()
    return ledger.view
  }

  /**
   * Runs a read on the newest view; at once where nothing is to be waited for. Where another tab dropped a pack that
   * the view lies on, it runs once again on a newer one (L6).
   */
  read<T>(run: (view: View) => MaybePromise<T>): MaybePromise<T> {
    const isSettled = this.queue.settled === undefined && !this.isClosed
    const view = isSettled ? this.viewNow : undefined
    if (view === undefined) return this.view().then(view => this.#readOn(view, run))
    return this.#readOn(view, run)
  }

  /** As {@link Engine.read}, at an earlier moment if one is given. */
  readAt<T>(
    clock: readonly string[] | undefined,
    run: (view: ReadableView) => MaybePromise<T>,
  ): MaybePromise<T> {
    return clock === undefined ? this.read(run) : this.read(async view => run(await this.viewAt(view, clock)))
  }

  /** The state of an earlier moment in the history of a view. `UNKNOWN_CLOCK` where that does not have it. */
  async viewAt(view: View, clock: readonly string[]): Promise<ViewAt> {
    const { ENGINE_PART } = await import('./engine-part.js')
    this.#assertOpen()
    this.#past ??= new ENGINE_PART.PastViews()
    return this.#past.at(view, clock)
  }

  /** What answers queries; `undefined` until it is loaded. */
  get queries(): Queries | undefined {
    return this.#queries
  }

  /** As {@link Engine.queries}; it is there wherever there is a view. */
  mustGetQueries(): Queries {
    assert(this.#queries !== undefined, 'queries are loaded before the database is opened')
    return this.#queries
  }

  /** As {@link Engine.queries}, loaded if need be; a failed attempt is made again at the next call. */
  loadQueries(): Promise<Queries> {
    this.#loadingQueries ??= this.#loadQueries(this).then(
      queries => {
        this.#assertOpen()
        this.#queries = queries
        this.#queriesLoaded.emit(queries)
        return queries
      },
      error => {
        this.#loadingQueries = undefined
        throw error
      },
    )
    return this.#loadingQueries
  }

  /** Calls `listener` when what answers queries is loaded. */
  onQueries(listener: (queries: Queries) => void): () => void {
    return this.#queriesLoaded.subscribe(listener)
  }

  #readOn<T>(view: View, run: (view: View) => MaybePromise<T>): MaybePromise<T> {
    const again = async (error: unknown) => {
      if (!hasErrorCode(error, 'BLOCK_MISSING')) throw error
      await (await this.open()).ledger.refresh()
      return run(await this.view())
    }
    try {
      const result = run(view)
      return result instanceof Promise ? result.catch(again) : result
    } catch (error) {
      return again(error)
    }
  }

  /** What is stored, where that is so damaged that opening it failed with this error; else throws the error. */
  async openDamaged(error: unknown): Promise<StoredParts> {
    const isDamage = [
      'CORRUPT',
      'WRONG_KEY',
      'BLOCK_MISSING',
      'UNSUPPORTED_FORMAT',
      'INVALID_COMMIT',
    ] as const
    if (this.isClosed || !isDamage.some(code => hasErrorCode(error, code))) throw error
    return this.#openStored()
  }

  /** What the database is made of; it is made if it does not exist. */
  async mustGetStore(): Promise<LedgerStore> {
    const { ledger } = await this.open()
    await ledger.refreshRights()
    return ledger.store ?? ledger.exclusive(async writer => writer.store)
  }

  async #openFileStore(): Promise<LedgerStore | undefined> {
    const { ledger } = await this.open()
    this.#assertOpen()
    return ledger.store
  }

  /** Whether it can only be read; `false` too where it cannot be opened, as then that is what is wrong. */
  async isReadOnly(): Promise<boolean> {
    try {
      return !(await (await this.open()).mayWrite())
    } catch {
      return false
    }
  }

  /** As {@link Engine.view}, for a write of nothing. */
  async writableView(): Promise<View> {
    if (await this.isReadOnly()) throw readOnly()
    return this.view()
  }

  /** The storage of the data; that of the keys until there is data. */
  async storage(): Promise<Storage> {
    const { ledger, home } = await this.open()
    this.#assertOpen()
    return ledger.store?.storage ?? home.keyStorage()
  }

  /** Calls `listener` once per batch of changed documents, after it is durable. */
  subscribe(listener: (event: LedgerEvent) => void): () => void {
    return this.#events.subscribe(listener)
  }

  /**
   * Calls `listener` after commits came, also such as change no document that is shown: `touched` is `undefined` where
   * anything may be new. It opens nothing.
   */
  onCommits(listener: (event: Pick<LedgerEvent, 'touched'>) => void): () => void {
    return this.#commits.subscribe(listener)
  }

  /** Calls `listener` when the engine is closed: by its last handle, or when the database was removed. */
  onClose(listener: () => void): () => void {
    return this.#closed.subscribe(listener)
  }

  /** Waits for the writes issued so far, then releases everything. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    await this.queue.settled
    this.#closed.emit()
    this.#past = undefined
    const core = await this.#opened?.catch(() => undefined)
    await Promise.all([
      this.files.close(),
      this.attachments.close(),
      this.#queries?.indexes.close(),
      ...this.#stops.splice(0).map(stop => stop()),
    ])
    if (core === undefined) return
    try {
      await core.ledger.close()
    } finally {
      await core.home.close()
    }
  }

  #onSwap(event: LedgerEvent): void {
    this.#queries?.indexes.note(event.changes)
    if (event.changes.length > 0) this.#events.emit(event)
    this.#commits.emit(event)
  }

  #refresh({ ledger }: EngineCore): void {
    ledger.refresh().catch(error => {
      if (hasErrorCode(error, 'CLOSED')) void this.close()
      else reportUncaught(error)
    })
  }

  #assertOpen(): void {
    if (!this.isClosed) return
    throw new FirekeepError(
      'CLOSED',
      `database ${JSON.stringify(this.name)} is closed; open it again with firekeep(name)`,
    )
  }
}
