import { assertDocumentId } from '../codec/document-id.js'
import type { CompactReport } from '../compact/compactor.js'
import { FirekeepError } from '../errors.js'
import { readOnly } from '../ledger/must-get-author.js'
import type { Transaction } from '../ledger/transaction.js'
import type { MaybePromise } from '../primitives/maybe-promise.js'
import type { Remote } from '../protocol/remote.js'
import { readAsOf } from '../query/as-of.js'
import { CheckedOptions } from '../query/checked-options.js'
import { parseQuery } from '../query/query-request.js'
import type { PlainDocument, StoredDocument } from '../state/stored-document.js'
import type { StorageInfo } from '../storage/storage.js'
import { readAttachOptions, readWorkOptions } from './call-options.js'
import type { BulkResult, ChangesResult, Database, Identity, PutResult } from './database.js'
import type { Clock } from './document-types.js'
import type { Engine } from './engine.js'
import { ENGINE } from './engine-of.js'
import {
  compactDatabase,
  exportDatabase,
  exportDocuments,
  importDatabase,
  importDocuments,
  proveDocument,
  verifyDatabase,
} from './exchange/exchange-calls.js'
import type { ImportReport, Proof, VerifyReport } from './exchange/exchange-types.js'
import { diffListing } from './fork/diff-listing.js'
import type { Difference, MergeResult } from './fork/fork-types.js'
import { HandleLifetime } from './handle-lifetime.js'
import { conflictListing } from './history/conflict-listing.js'
import type { ConflictListing } from './history/conflict-types.js'
import { historyListing } from './history/history-listing.js'
import type { Listing } from './history/history-types.js'
import { watchHistory } from './history/watch-history.js'
import { ON_CLOSED } from './on-closed.js'
import { openLiveQuery } from './open-live-query.js'
import type { Attachment, SyncStatusSource } from './sync/attach-types.js'
import { attachmentShare } from './sync/attachment-share.js'
import { tellSubscriber } from './tell-subscriber.js'
import {
  type Change,
  deleteDocument,
  purgeDocument,
  putDocument,
  putDocuments,
  resolveDocument,
  transact,
  updateDocument,
} from './write-documents.js'

/**
 * One caller's handle on an engine that it shares. Delegates; its types are those of `Database`, which the
 * caller sees.
 */
export class DatabaseHandle {
  readonly #engine: Engine
  readonly #lifetime: HandleLifetime

  constructor(engine: Engine, release: () => Promise<void>) {
    this.#engine = engine
    this.#lifetime = new HandleLifetime({ handle: this, engine, release })
  }

  get name(): string {
    return this.#engine.name
  }

  put(doc: unknown, options?: unknown): Promise<PutResult> {
    return this.#write(engine => putDocument(engine, doc, options))
  }

  bulk(docs: unknown): Promise<BulkResult> {
    return this.#write(engine => putDocuments(engine, docs))
  }

  del(id: unknown, options?: unknown): Promise<PutResult> {
    return this.#write(engine => deleteDocument(engine, id, options))
  }

  remove(id: unknown, options?: unknown): Promise<PutResult> {
    return this.del(id, options)
  }

  update(id: unknown, change: Change, options?: unknown): Promise<PutResult> {
    return this.#write(engine => updateDocument(engine, id, { change, options }))
  }

  transact<T>(change: (tx: Transaction) => T | Promise<T>, options?: unknown): Promise<T> {
    return this.#write(async engine => (await transact(engine, change, options)).result)
  }

  async get(id: unknown, options?: unknown): Promise<PlainDocument> {
    const found = this.#findStored(id, options)
    const document = found instanceof Promise ? await found : found
    if (document === undefined)
      throw new FirekeepError('NOT_FOUND', `Not found: ${JSON.stringify(id)}`, { details: { id } })
    return this.#engine.files.copy(document)
  }

  async find(id: unknown, options?: unknown): Promise<PlainDocument | undefined> {
    const document = await this.#findStored(id, options)
    return document && this.#engine.files.copy(document)
  }

  async has(id: unknown, options?: unknown): Promise<boolean> {
    return (await this.#findStored(id, options)) !== undefined
  }

  #findStored(id: unknown, options: unknown): MaybePromise<StoredDocument | undefined> {
    const engine = this.#use()
    if (options !== undefined) new CheckedOptions(options, ['asOf'])
    assertDocumentId(id)
    return engine.readAt(readAsOf(options), view => view.shown(id))
  }

  async allDocs(options?: unknown) {
    const engine = this.#use()
    return engine.readAt(readAsOf(options), view => engine.mustGetQueries().allDocs(view, options))
  }

  async query(index: unknown, options?: unknown) {
    const engine = this.#use()
    return engine.read(() => engine.mustGetQueries().run(index, options))
  }

  async count(index: unknown, options?: unknown): Promise<number> {
    const engine = this.#use()
    return engine.read(() => engine.mustGetQueries().count(index, options))
  }

  live(index: unknown, options?: unknown) {
    const live = openLiveQuery(this.#use(), parseQuery(index, options))
    const subscribe: typeof live.subscribe = listener => {
      this.#use()
      return this.#lifetime.endWithHandle(live.subscribe(listener))
    }
    return { ...live, subscribe }
  }

  async changes(since?: unknown, options?: unknown): Promise<ChangesResult<PlainDocument>> {
    const engine = this.#use()
    const { VERSIONS_PART } = await import('./versions-part.js')
    return VERSIONS_PART.listChanges(engine, since, options)
  }

  conflicts(): ConflictListing<PlainDocument> {
    return conflictListing(this.#use(), end => {
      this.#use()
      return this.#lifetime.endWithHandle(end)
    })
  }

  resolve(id: unknown, resolution: unknown, options?: unknown): Promise<PutResult> {
    return this.#write(engine => resolveDocument(engine, id, { resolution, options }))
  }

  history(id?: unknown, options?: unknown) {
    const listing = historyListing(() => this.#use(), id, options)
    const subscribe = (listener: () => void) =>
      this.#lifetime.endWithHandle(watchHistory(this.#use(), id as string | undefined, listener))
    return { ...listing, subscribe }
  }

  async clock(): Promise<Clock> {
    return (await this.#use().view()).clock
  }

  subscribe(listener: (changes: PlainDocument[]) => void): () => void {
    const engine = this.#use()
    if (typeof listener !== 'function')
      throw new FirekeepError('INVALID_OPTION', 'subscribe takes a function')
    const unsubscribe = engine.subscribe(({ changes }) =>
      tellSubscriber(listener, changes, engine.files.copy),
    )
    void engine.open().catch(() => undefined)
    return this.#lifetime.endWithHandle(unsubscribe)
  }

  async compact(options?: unknown): Promise<CompactReport> {
    return compactDatabase(this.#use(), options)
  }

  async prune(options: unknown): Promise<CompactReport> {
    const engine = this.#use()
    const { signal, onProgress, before } = readWorkOptions(options, ['before'])
    const { ARCHIVE_PART } = await import('./archive-part.js')
    return ARCHIVE_PART.prune(engine, before, { signal, onProgress })
  }

  purge(id: unknown): Promise<PutResult> {
    return this.#write(engine => purgeDocument(engine, id))
  }

  async verify(options?: unknown): Promise<VerifyReport> {
    return verifyDatabase(this.#use(), options)
  }

  async proof(id: unknown, options?: unknown): Promise<Proof> {
    return proveDocument(this.#use(), id, options)
  }

  export(options?: unknown): ReadableStream<Uint8Array> {
    return exportDatabase(this.#use(), options)
  }

  async import(source: unknown, options?: unknown): Promise<ImportReport> {
    return importDatabase(this.#use(), source, options)
  }

  exportJson(options?: unknown): ReadableStream<Uint8Array> {
    return exportDocuments(this.#use(), options)
  }

  importJson(source: unknown, options?: unknown): Promise<{ documents: number; clock: Clock }> {
    return this.#write(engine => importDocuments(engine, source, options))
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
      this.#lifetime.endWithHandle(() => attachments.release(remote.id)),
    )
  }

  async fork(name: unknown, options?: unknown): Promise<Database> {
    const engine = this.#use()
    const { VERSIONS_PART } = await import('./versions-part.js')
    return VERSIONS_PART.forkDatabase(engine, name, options)
  }

  diff(other: unknown): Listing<Difference<PlainDocument>> {
    return diffListing(this.#use(), other)
  }

  mergeFrom(other: unknown, options?: unknown): Promise<MergeResult> {
    return this.#write(async engine => {
      const { VERSIONS_PART } = await import('./versions-part.js')
      return VERSIONS_PART.mergeDatabases(engine, other, options)
    })
  }

  /** For other handles that get this one as an argument. */
  get [ENGINE](): Engine {
    return this.#use()
  }

  /** For those who wait for something in it. */
  [ON_CLOSED](listener: () => void): () => void {
    return this.#lifetime.onClosed(listener)
  }

  get syncStatus(): SyncStatusSource {
    return this.#engine.attachments
  }

  async identity(): Promise<Identity> {
    const store = await this.#use().mustGetStore()
    return (await import('./core-part.js')).CORE_PART.identityOf(store)
  }

  async exportKey(options?: unknown): Promise<string> {
    const engine = this.#use()
    const { CORE_PART } = await import('./core-part.js')
    const permission = CORE_PART.readExportOptions(options)
    return CORE_PART.exportedKey(await engine.mustGetStore(), permission)
  }

  async storageInfo(): Promise<StorageInfo> {
    return (await this.#use().storage()).info()
  }

  async persist(): Promise<boolean> {
    return (await this.#use().storage()).persist()
  }

  /** Waits for the writes issued so far. Idempotent. */
  close(): Promise<void> {
    return this.#lifetime.close()
  }

  async pin(id: unknown, name?: unknown): Promise<void> {
    const engine = this.#use()
    const { ARCHIVE_PART } = await import('./archive-part.js')
    return ARCHIVE_PART.pinFiles(engine, id, name)
  }

  async unpin(id: unknown, name?: unknown): Promise<void> {
    const engine = this.#use()
    const { ARCHIVE_PART } = await import('./archive-part.js')
    return ARCHIVE_PART.unpinFiles(engine, id, name)
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

  #use(): Engine {
    return this.#lifetime.use()
  }
}
