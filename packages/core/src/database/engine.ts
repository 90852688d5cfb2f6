import { FirekeepError, hasErrorCode } from '../errors.js'
import type { DocumentSource } from '../index/document-source.js'
import type { IndexSet } from '../index/index-set.js'
import type { DocumentWriter } from '../ledger/document-writer.js'
import type { Ledger, LedgerEvent, LedgerStore } from '../ledger/ledger.js'
import type { WriteQueue } from '../ledger/write-queue.js'
import { Emitter, reportUncaught } from '../primitives/emitter.js'
import type { StoredDocument } from '../state/stored-document.js'
import type { View } from '../state/view.js'
import type { Storage } from '../storage/storage.js'
import type { DatabaseHome } from './database-home.js'
import type { Environment } from './environment.js'

export interface EngineParts {
  readonly name: string
  readonly environment: Environment
  readonly ledger: Ledger
  readonly writer: DocumentWriter
  readonly home: DatabaseHome
  readonly createQueue: (opened: () => Promise<View>) => WriteQueue
  readonly createIndexes: (source: DocumentSource) => IndexSet
}

/**
 * One open database in one page or process, shared by all its handles. Opens at first use: reads wait for what
 * is stored, writes for the reads before them.
 */
export class Engine {
  readonly name: string
  readonly environment: Environment
  readonly ledger: Ledger
  readonly writer: DocumentWriter
  readonly queue: WriteQueue
  readonly indexes: IndexSet
  readonly #home: DatabaseHome
  readonly #events = new Emitter<LedgerEvent>()
  readonly #closed = new Emitter<void>()
  #opened: Promise<View> | undefined
  readonly #stops: (() => void)[] = []
  #closing: Promise<void> | undefined

  constructor(parts: EngineParts) {
    this.#home = parts.home
    this.name = parts.name
    this.environment = parts.environment
    this.ledger = parts.ledger
    this.writer = parts.writer
    this.queue = parts.createQueue(() => this.open())
    this.indexes = parts.createIndexes(new ShownDocuments(this))
  }

  get isClosed(): boolean {
    return this.#closing !== undefined
  }

  /** Reads what is stored, once; a failed attempt is made again at the next call. */
  open(): Promise<View> {
    this.#opened ??= this.#open().catch(error => {
      this.#opened = undefined
      throw error
    })
    return this.#opened
  }

  async #open(): Promise<View> {
    this.#assertOpen()
    await this.ledger.refresh()
    this.#assertOpen()
    this.#stops.push(
      this.ledger.subscribe(event => this.#onSwap(event)),
      this.#home.watch(() => this.#refresh()),
    )
    return this.ledger.view
  }

  /** The newest view, with everything in it that was written through this engine before the call. */
  async view(): Promise<View> {
    await this.open()
    await this.queue.settled
    this.#assertOpen()
    return this.ledger.view
  }

  /** What the database is made of; it is made if it does not exist. */
  async mustGetStore(): Promise<LedgerStore> {
    await this.open()
    return this.ledger.store ?? this.ledger.exclusive(async writer => writer.store)
  }

  /** The storage of the data; that of the keys until there is data. */
  async storage(): Promise<Storage> {
    await this.open()
    return this.ledger.store?.storage ?? this.#home.keyStorage()
  }

  /** Calls `listener` once per batch of changed documents, after it is durable. */
  subscribe(listener: (event: LedgerEvent) => void): () => void {
    return this.#events.subscribe(listener)
  }

  /** Calls `listener` when the database was closed or destroyed under its handles. */
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
    for (const stop of this.#stops.splice(0)) stop()
    this.#closed.emit()
    this.indexes.close()
    try {
      await this.ledger.close()
    } finally {
      await this.#home.close()
    }
  }

  /** Closes and removes the database: data first, key last. */
  async destroy(): Promise<void> {
    await this.close()
    await this.#home.remove(this.name)
  }

  #onSwap(event: LedgerEvent): void {
    this.indexes.note(event.changes)
    if (event.changes.length > 0) this.#events.emit(event)
  }

  #refresh(): void {
    this.ledger.refresh().catch(error => {
      if (hasErrorCode(error, 'CLOSED')) void this.close()
      else reportUncaught(error)
    })
  }

  #assertOpen(): void {
    if (this.isClosed)
      throw new FirekeepError(
        'CLOSED',
        `database ${JSON.stringify(this.name)} is closed; open it again with firekeep(name)`,
      )
  }
}

/** The winners of the newest view, once the database is open. */
class ShownDocuments implements DocumentSource {
  readonly #engine: Engine

  constructor(engine: Engine) {
    this.#engine = engine
  }

  get clock(): readonly string[] {
    return this.#engine.ledger.view.clock
  }

  async *documents(): AsyncIterable<StoredDocument> {
    await this.#engine.open()
    for (const { leaves } of this.#engine.ledger.view.docs.values()) {
      const document = leaves[0]?.document
      if (document !== undefined) yield document
    }
  }
}
