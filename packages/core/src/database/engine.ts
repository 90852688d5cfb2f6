import { FirekeepError, hasErrorCode } from '../errors.js'
import type { DocumentFinder, DocumentSource } from '../index/document-source.js'
import { IndexSet } from '../index/index-set.js'
import { DocumentWriter } from '../ledger/document-writer.js'
import type { LedgerEvent, LedgerStore } from '../ledger/ledger.js'
import { readOnly } from '../ledger/must-get-author.js'
import { WriteQueue } from '../ledger/write-queue.js'
import { Emitter, reportUncaught } from '../primitives/emitter.js'
import type { MaybePromise } from '../primitives/maybe-promise.js'
import { platformPace } from '../primitives/platform-pace.js'
import type { StoredDocument } from '../state/stored-document.js'
import type { View } from '../state/view.js'
import type { Storage } from '../storage/storage.js'
import { Attachments } from './attachments.js'
import type { Environment } from './environment.js'
import type { EngineCore, OpenCoreParts } from './open-core.js'

export interface EngineParts {
  readonly name: string
  readonly environment: Environment
  /** Loads the core and reads what is stored. */
  readonly load: (indexes: IndexSet, packSource: OpenCoreParts['packSource'] & object) => Promise<EngineCore>
}

/**
 * One open database in one page or process, shared by all its handles. Opens at first use: reads wait for what
 * is stored, writes for the reads before them.
 */
export class Engine {
  readonly name: string
  readonly environment: Environment
  readonly writer: DocumentWriter
  readonly queue: WriteQueue
  readonly indexes: IndexSet
  readonly attachments = new Attachments()
  readonly #load: EngineParts['load']
  readonly #events = new Emitter<LedgerEvent>()
  readonly #closed = new Emitter<void>()
  readonly #stops: (() => unknown)[] = []
  #opened: Promise<EngineCore> | undefined
  #core: EngineCore | undefined
  #closing: Promise<void> | undefined

  constructor({ name, environment, load }: EngineParts) {
    this.name = name
    this.environment = environment
    this.writer = new DocumentWriter(environment)
    this.queue = new WriteQueue(
      async () => (await this.open()).committer,
      () => this.viewNow,
    )
    this.indexes = new IndexSet({
      source: new ShownDocuments(this),
      pace: platformPace,
      openStore: async () => (await this.open()).openIndexStore(),
    })
    this.#load = load
  }

  get isClosed(): boolean {
    return this.#closing !== undefined
  }

  /** The newest view; `undefined` until the database is open. */
  get viewNow(): View | undefined {
    return this.#core?.ledger.view
  }

  /** The clock of the newest view. */
  get clock(): readonly string[] {
    return this.viewNow?.clock ?? []
  }

  /** Reads what is stored, once; a failed attempt is made again at the next call. */
  open(): Promise<EngineCore> {
    this.#opened ??= this.#open().catch(error => {
      this.#opened = undefined
      throw error
    })
    return this.#opened
  }

  async #open(): Promise<EngineCore> {
    this.#assertOpen()
    const core = await this.#load(this.indexes, secrets => this.attachments.packSource(secrets))
    this.#core = core
    this.#stops.push(
      core.ledger.subscribe(
        event => this.#onSwap(event),
        () => this.indexes.isUsed || this.#events.isObserved,
      ),
      core.home.watch(() => this.#refresh(core)),
      core.autoCompact(),
    )
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

  /** What the database is made of; it is made if it does not exist. */
  async mustGetStore(): Promise<LedgerStore> {
    const { ledger } = await this.open()
    await ledger.refreshRights()
    return ledger.store ?? ledger.exclusive(async writer => writer.store)
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
    const core = await this.#opened?.catch(() => undefined)
    await Promise.all([
      this.attachments.close(),
      this.indexes.close(),
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
    this.indexes.note(event.changes)
    if (event.changes.length > 0) this.#events.emit(event)
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

/** The winners of the newest view, once the database is open. */
class ShownDocuments implements DocumentSource {
  readonly #engine: Engine
  size: number | undefined

  constructor(engine: Engine) {
    this.#engine = engine
  }

  get clock(): readonly string[] {
    return this.#engine.clock
  }

  async *documents(): AsyncIterable<StoredDocument> {
    const { ledger } = await this.#engine.open()
    const { view } = ledger
    this.size = await view.sizeAtMost
    for await (const page of view.shownPages()) {
      for (const { document } of page) if (document !== undefined) yield document
    }
  }

  async changedSince(clock: readonly string[]) {
    return (await this.#engine.open()).changedSince(clock)
  }

  finder(): DocumentFinder {
    const view = this.#engine.viewNow
    return id => view?.shown(id)
  }
}
