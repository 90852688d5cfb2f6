import { assertDocumentId } from '../codec/document-id.js'
import type { CompactReport } from '../compact/compactor.js'
import { FirekeepError } from '../errors.js'
import { readOnly } from '../ledger/must-get-author.js'
import { runTransaction } from '../ledger/run-transaction.js'
import type { Transaction } from '../ledger/transaction.js'
import type { MaybePromise } from '../primitives/maybe-promise.js'
import type { Remote } from '../protocol/remote.js'
import { allDocs } from '../query/all-docs.js'
import { CheckedOptions } from '../query/checked-options.js'
import { countRows } from '../query/count-rows.js'
import { createLiveQuery } from '../query/live-query.js'
import { parseQuery } from '../query/query-request.js'
import { runQuery } from '../query/run-query.js'
import type { PlainDocument, StoredDocument } from '../state/stored-document.js'
import type { StorageInfo } from '../storage/storage.js'
import { attachmentShare } from './attachment-share.js'
import { readAttachOptions, readPutOptions, readWorkOptions, withId } from './call-options.js'
import { type ConflictListing, conflictListing } from './conflict-listing.js'
import type {
  Attachment,
  BulkResult,
  ChangesResult,
  Clock,
  Identity,
  PutResult,
  SyncStatusSource,
} from './database.js'
import type { Engine } from './engine.js'
import { tellSubscriber } from './tell-subscriber.js'

const TIME_LIMIT = 5000

/** Handles that have something open: a subscription lives on when its caller keeps nothing but the subscription. */
const inUse = new Set<object>()

/**
 * One caller's handle on an engine that it shares. Delegates; its types are those of `Database`, which the
 * caller sees.
 */
export class DatabaseHandle {
  readonly #engine: Engine
  readonly #release: () => Promise<void>
  /** What to end when the handle is closed. */
  readonly #open = new Set<() => unknown>()
  #closing: Promise<void> | undefined

  constructor(engine: Engine, release: () => Promise<void>) {
    this.#engine = engine
    this.#release = release
  }

  get name(): string {
    return this.#engine.name
  }

  put(doc: unknown, options?: unknown): Promise<PutResult> {
    return this.#write(async engine => {
      const request = readPutOptions(options)
      const { id, op, size } = engine.writer.write(doc)
      return { id, clock: await engine.queue.write({ ...request, ops: [op], size }) }
    })
  }

  bulk(docs: unknown): Promise<BulkResult> {
    return this.#write(async engine => {
      if (!Array.isArray(docs))
        throw new FirekeepError('INVALID_DOCUMENT', 'bulk takes an array of documents')
      const written = docs.map(doc => engine.writer.write(doc))
      const lastById = new Map(written.map(each => [each.id, each]))
      const ids = written.map(each => each.id)
      if (written.length === 0) return { ids, clock: (await engine.writableView()).clock }
      const ops = [...lastById.values()].map(each => each.op)
      const size = written.reduce((sum, each) => sum + each.size, 0)
      return { ids, clock: await engine.queue.write({ ops, size }) }
    })
  }

  del(id: unknown, options?: unknown): Promise<PutResult> {
    return this.#write(async engine => {
      const request = readPutOptions(options)
      assertDocumentId(id)
      return { id, clock: await engine.queue.write({ ...request, ops: [{ id, body: null }], size: 0 }) }
    })
  }

  remove(id: unknown, options?: unknown): Promise<PutResult> {
    return this.del(id, options)
  }

  update(
    id: unknown,
    change: (doc: PlainDocument | undefined) => unknown,
    options?: unknown,
  ): Promise<PutResult> {
    return this.#write(async engine => {
      assertDocumentId(id)
      const { clock } = await this.#transact(
        engine,
        async tx => {
          tx.put(withId(await change(await tx.find(id)), id))
        },
        options,
      )
      return { id, clock }
    })
  }

  transact<T>(change: (tx: Transaction) => T | Promise<T>, options?: unknown): Promise<T> {
    return this.#write(async engine => (await this.#transact(engine, change, options)).result)
  }

  async #transact<T>(
    { queue, writer, environment }: Engine,
    change: (tx: Transaction) => T | Promise<T>,
    options: unknown,
  ): Promise<{ clock: Clock; result: T }> {
    const timeLimit = new CheckedOptions(options, ['timeLimit']).count('timeLimit', TIME_LIMIT)
    return queue.guarded(view =>
      runTransaction(change, { view, writer, timeLimit, delay: environment.delay }),
    )
  }

  async get(id: unknown, options?: unknown): Promise<PlainDocument> {
    const found = this.#findStored(id, options)
    const document = found instanceof Promise ? await found : found
    if (document === undefined)
      throw new FirekeepError('NOT_FOUND', `Not found: ${JSON.stringify(id)}`, { details: { id } })
    return document.copy()
  }

  async find(id: unknown, options?: unknown): Promise<PlainDocument | undefined> {
    return (await this.#findStored(id, options))?.copy()
  }

  async has(id: unknown, options?: unknown): Promise<boolean> {
    return (await this.#findStored(id, options)) !== undefined
  }

  #findStored(id: unknown, options: unknown): MaybePromise<StoredDocument | undefined> {
    const engine = this.#use()
    if (options !== undefined) new CheckedOptions(options, [])
    assertDocumentId(id)
    return engine.read(view => view.shown(id))
  }

  async allDocs(options?: unknown) {
    return this.#use().read(view =>
      allDocs({ clock: view.clock, entries: walk => view.shownPages(walk) }, options),
    )
  }

  async query(index: unknown, options?: unknown) {
    const engine = this.#use()
    return engine.read(() => runQuery(engine.indexes, index, options))
  }

  async count(index: unknown, options?: unknown): Promise<number> {
    const engine = this.#use()
    return engine.read(() => countRows(engine.indexes, index, options))
  }

  live(index: unknown, options?: unknown) {
    const live = createLiveQuery(this.#use().indexes, parseQuery(index, options))
    const subscribe: typeof live.subscribe = listener => {
      this.#use()
      return this.#endWithHandle(live.subscribe(listener))
    }
    return { ...live, subscribe }
  }

  async changes(since?: unknown, options?: unknown): Promise<ChangesResult<PlainDocument>> {
    const engine = this.#use()
    const limit = new CheckedOptions(options, ['limit']).count('limit', Number.POSITIVE_INFINITY)
    const { readChanges } = await import('../ledger/changes.js')
    const page = await engine.read(view => readChanges(view, since, limit))
    const rows = page.rows.map(({ id, document, clock }) => {
      const doc = document ?? { _id: id, _deleted: true as const }
      return { key: id, id, value: doc, doc, clock }
    })
    return { rows, docs: rows.map(row => row.doc), clock: page.clock }
  }

  conflicts(): ConflictListing {
    return conflictListing(this.#use())
  }

  async clock(): Promise<Clock> {
    return (await this.#use().view()).clock
  }

  subscribe(listener: (changes: PlainDocument[]) => void): () => void {
    const engine = this.#use()
    if (typeof listener !== 'function')
      throw new FirekeepError('INVALID_OPTION', 'subscribe takes a function')
    const unsubscribe = engine.subscribe(({ changes }) => tellSubscriber(listener, changes))
    void engine.open().catch(() => undefined)
    return this.#endWithHandle(unsubscribe)
  }

  async compact(options?: unknown): Promise<CompactReport> {
    const engine = this.#use()
    const { signal, onProgress } = readWorkOptions(options)
    await engine.view()
    const { compactor } = await engine.open()
    const report = await compactor.compact({ all: true, signal, onProgress })
    await engine.indexes.persist()
    return report
  }

  async prune(options: unknown): Promise<CompactReport> {
    const engine = this.#use()
    const { signal, onProgress, before } = readWorkOptions(options, ['before'])
    const { prune } = await import('./prune.js')
    return prune(engine, before, { signal, onProgress })
  }

  purge(id: unknown): Promise<PutResult> {
    return this.#write(async engine => {
      assertDocumentId(id)
      const { clock } = await engine.queue.guarded(async view => ({
        call: { ops: [{ id, body: null, purge: true as const }], size: 0, seen: view },
        result: undefined,
      }))
      const { compactor } = await engine.open()
      await compactor.compact()
      return { id, clock }
    })
  }

  /** Runs a write at once. Where one may only read, it fails with `READ_ONLY`, whatever else is wrong with it. */
  async #write<T>(write: (engine: Engine) => Promise<T>): Promise<T> {
    const engine = this.#use()
    try {
      return await write(engine)
    } catch (error) {
      throw (await engine.isReadOnly()) ? readOnly() : error
    }
  }

  attach(remote: Remote, options?: unknown): Attachment {
    const engine = this.#use()
    const { attachments, environment } = engine
    const shared = attachments.attach(engine, remote, readAttachOptions(options, environment.report))
    return attachmentShare(
      shared,
      this.#endWithHandle(() => attachments.release(remote.id)),
    )
  }

  get syncStatus(): SyncStatusSource {
    return this.#engine.attachments
  }

  async identity(): Promise<Identity> {
    const store = await this.#use().mustGetStore()
    return (await import('./exported-key.js')).identityOf(store)
  }

  async exportKey(options?: unknown): Promise<string> {
    const engine = this.#use()
    const { exportedKey, readExportOptions } = await import('./exported-key.js')
    const permission = readExportOptions(options)
    return exportedKey(await engine.mustGetStore(), permission)
  }

  async storageInfo(): Promise<StorageInfo> {
    return (await this.#use().storage()).info()
  }

  async persist(): Promise<boolean> {
    return (await this.#use().storage()).persist()
  }

  /** Waits for the writes issued so far. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    await this.#engine.queue.settled
    await Promise.all([...this.#open].map(end => end()))
    await this.#release()
  }

  async destroy(): Promise<void> {
    const { home } = await this.#use().open()
    // What cannot be stored any more goes with the rest.
    await Promise.allSettled([this.#engine.close()])
    await home.remove(this.name)
    await Promise.allSettled([this.close()])
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** Calls `end` when the handle is closed, unless what is returned was called before. */
  #endWithHandle<T>(end: () => T): () => T {
    let ended: { readonly result: T } | undefined
    const endOnce = () => {
      this.#open.delete(endOnce)
      if (this.#open.size === 0) inUse.delete(this)
      ended ??= { result: end() }
      return ended.result
    }
    this.#open.add(endOnce)
    inUse.add(this)
    return endOnce
  }

  #use(): Engine {
    if (this.#closing !== undefined || this.#engine.isClosed) {
      throw new FirekeepError(
        'CLOSED',
        `database ${JSON.stringify(this.name)} is closed; open it again with firekeep(name)`,
      )
    }
    return this.#engine
  }
}
