import { FirekeepError, hasErrorCode } from '../errors.js'
import { delay } from '../primitives/delay.js'
import { Emitter } from '../primitives/emitter.js'
import { Mutex } from '../primitives/mutex.js'
import { IndexedDbConnection, MISSING, toStorageError, transactionDone } from './indexed-db/connection.js'
import * as records from './indexed-db/records.js'
import { Reserve } from './indexed-db/reserve.js'
import { StorageChannel, type StorageMessage } from './indexed-db/storage-channel.js'
import { Pending } from './pending.js'
import type {
  BatchOptions,
  OpenStorageOptions,
  Storage,
  StorageEntry,
  StorageInfo,
  StorageSpace,
} from './storage.js'
import { checkSeen, storageError } from './storage-error.js'

export interface IndexedDbSpaceOptions {
  /** Databases are named `<prefix>/<storage id>`. Default `firekeep`. */
  readonly prefix?: string
  /** Bytes held back per storage, so that deleting works when the quota is used up. Default: see `reserve-size.ts`. */
  readonly reserve?: number
  /** Waits between attempts to reopen a lost connection; for tests. */
  readonly sleep?: (milliseconds: number) => Promise<void>
}

/**
 * Storages in IndexedDB, one database each, created by its first batch.
 *
 * A batch is one readwrite transaction. With `relaxed` durability it survives a kill of the tab and of the
 * browser; against power loss a storage is opened with `strict`. What a batch deletes or replaces leaves the
 * database in that transaction, with `erase` and without; the browser's own files may keep the bytes until it
 * compacts them.
 *
 * @example
 * ```ts
 * const storage = await createIndexedDbSpace().open('todos')
 * await storage.batch([['a', new Uint8Array([1])]], [])
 * ```
 */
export function createIndexedDbSpace(options: IndexedDbSpaceOptions = {}): StorageSpace {
  const { prefix = 'firekeep', reserve, sleep = delay } = options
  const holdersByName = new Map<string, Set<IndexedDbStorage>>()
  return {
    kind: 'indexeddb',
    id: `indexeddb:${prefix}`,
    async open(id, { durability = 'relaxed' }: OpenStorageOptions = {}) {
      const name = `${prefix}/${id}`
      const holders = holdersByName.get(name) ?? new Set()
      holdersByName.set(name, holders)
      return new IndexedDbStorage({ name, durability, reserve, sleep, holders })
    },
    async list() {
      const databases = await indexedDB.databases()
      return databases.flatMap(({ name }) =>
        name?.startsWith(`${prefix}/`) ? [name.slice(prefix.length + 1)] : [],
      )
    },
    async remove(id) {
      const name = `${prefix}/${id}`
      for (const holder of holdersByName.get(name) ?? []) holder.end('removed')
      await removeDatabase(name)
    },
  }
}

interface Parts {
  readonly name: string
  readonly durability: 'relaxed' | 'strict'
  readonly reserve: number | undefined
  readonly sleep: (milliseconds: number) => Promise<void>
  /** The storages of this page with the same name. */
  readonly holders: Set<IndexedDbStorage>
}

/** Waits (ms) before a batch is tried again with the room that was held back, as freeing it may take a moment. */
const ROOM_WAITS = [0, 50, 200, 1_000]

/** Keys remembered as existing, see {@link IndexedDbStorage.batch}. */
const REWRITTEN_LIMIT = 1_000

class IndexedDbStorage implements Storage {
  readonly kind = 'indexeddb'
  readonly #parts: Parts
  readonly #connection: IndexedDbConnection
  readonly #reserve: Reserve
  readonly #channel: StorageChannel
  readonly #pending = new Pending()
  readonly #changes = new Emitter<undefined>()
  readonly #writes = new Mutex()
  readonly #rewritten = new Set<string>()
  #closed = false

  constructor(parts: Parts) {
    this.#parts = parts
    this.#connection = new IndexedDbConnection({ ...parts, onRemoved: () => this.end('removed') })
    this.#reserve = new Reserve(this.#connection.useStore, parts.reserve)
    this.#channel = new StorageChannel(parts.name, message => this.#hear(message))
    parts.holders.add(this)
  }

  get(key: string): Promise<Uint8Array | undefined> {
    return this.#read(undefined, store => records.readRecord(store, key))
  }

  getRange(key: string, offset: number, length: number): Promise<Uint8Array | undefined> {
    return this.#read(undefined, store => records.readRecord(store, key, offset, offset + length))
  }

  list(prefix: string): Promise<string[]> {
    return this.#read([], store => records.readKeys(store, prefix))
  }

  getAll(prefix: string): Promise<StorageEntry[]> {
    return this.#read([], store => records.readEntries(store, prefix))
  }

  watch(listener: () => void): () => void {
    return this.#changes.subscribe(listener)
  }

  async batch(
    puts: readonly StorageEntry[],
    deletes: readonly string[],
    options: BatchOptions = {},
  ): Promise<void> {
    this.#assertOpen()
    await this.#pending.track(this.#writes.run(() => this.#batch(puts, deletes, options)))
  }

  async info(): Promise<StorageInfo> {
    this.#assertOpen()
    const [estimate, persisted] = await Promise.all([
      navigator.storage?.estimate(),
      navigator.storage?.persisted(),
    ])
    return {
      kind: this.kind,
      persisted: persisted ?? false,
      ...(estimate?.usage !== undefined && { usage: estimate.usage }),
      ...(estimate?.quota !== undefined && { quota: estimate.quota }),
    }
  }

  async persist(): Promise<boolean> {
    this.#assertOpen()
    return (await navigator.storage?.persist()) ?? false
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#pending.drain()
    this.end('closed')
  }

  /** Gives up the connection; what is under way and has sent its transaction still ends. */
  end(state: 'closed' | 'removed'): void {
    this.#connection.close(state)
    if (state === 'removed' && !this.#closed) this.#changes.emit(undefined)
    this.#parts.holders.delete(this)
    this.#channel.close()
  }

  #assertOpen(): void {
    if (this.#closed) throw storageError.closed()
    this.#connection.assertOpen()
  }

  async #read<T>(missing: T, read: (store: IDBObjectStore) => Promise<T>): Promise<T> {
    this.#assertOpen()
    const answer = this.#connection.useStore('readonly', read).catch(error => {
      if (error === MISSING) return missing
      throw error
    })
    return this.#pending.track(answer)
  }

  async #batch(
    puts: readonly StorageEntry[],
    deletes: readonly string[],
    { seen, reserve = puts.length === 0 }: BatchOptions,
  ): Promise<void> {
    if (!reserve) await this.#reserve.ensure(puts.reduce((size, [, value]) => size + value.length, 0))
    try {
      await this.#commit(puts, deletes, seen)
    } catch (error) {
      if (!reserve || !hasErrorCode(error, 'QUOTA_EXCEEDED')) throw error
      await this.#commitWithReserve(puts, deletes, seen)
    }
    this.#channel.tellChange()
  }

  async #commitWithReserve(
    puts: readonly StorageEntry[],
    deletes: readonly string[],
    seen: BatchOptions['seen'],
  ): Promise<void> {
    await this.#reserve.drop()
    this.#channel.tell('reserve dropped')
    for (const [attempt, milliseconds] of ROOM_WAITS.entries()) {
      if (milliseconds > 0) await this.#parts.sleep(milliseconds)
      try {
        await this.#commit(puts, deletes, seen)
        return
      } catch (error) {
        if (attempt === ROOM_WAITS.length - 1 || !hasErrorCode(error, 'QUOTA_EXCEEDED')) throw error
      }
    }
  }

  /**
   * A plain commit adds records under new keys, and adding needs no clearing of segments that a former value
   * may have left: one request per record instead of two. Where a key turns out to exist, nothing was written;
   * the batch is sent again as a replacement, and the key is remembered so that its next batch goes there at once.
   */
  async #commit(
    puts: readonly StorageEntry[],
    deletes: readonly string[],
    seen: BatchOptions['seen'],
  ): Promise<void> {
    const mayAdd =
      seen === undefined &&
      deletes.length === 0 &&
      puts.every(([key, value]) => records.isSingle(value) && !this.#rewritten.has(key))
    if (mayAdd && (await this.#connection.useStore('readwrite', store => this.#add(store, puts)))) return
    await this.#connection.useStore('readwrite', store => replace(store, puts, deletes, seen))
  }

  /** Answers `false`, with nothing written, where a key exists. */
  async #add(store: IDBObjectStore, puts: readonly StorageEntry[]): Promise<boolean> {
    const requests = abortingOnThrow(store, () => puts.map(put => records.addRecord(store, put)))
    try {
      await committed(store)
      return true
    } catch (error) {
      if ((error as DOMException).name !== 'ConstraintError') throw error
      const index = requests.findIndex(request => request.error?.name === 'ConstraintError')
      if (this.#rewritten.size >= REWRITTEN_LIMIT) this.#rewritten.clear()
      this.#rewritten.add((puts[index] as StorageEntry)[0])
      return false
    }
  }

  #hear(message: StorageMessage): void {
    if (message === 'removed') this.end('removed')
    else if (message === 'reserve dropped') this.#reserve.forget()
    else if (!this.#closed) this.#changes.emit(undefined)
  }
}

async function replace(
  store: IDBObjectStore,
  puts: readonly StorageEntry[],
  deletes: readonly string[],
  seen: BatchOptions['seen'],
): Promise<void> {
  const keys = seen === undefined ? [] : await records.readKeys(store, seen.prefix)
  abortingOnThrow(store, () => {
    checkSeen(seen, keys)
    for (const put of puts) records.putRecord(store, put)
    for (const key of deletes) records.deleteRecord(store, key)
  })
  await committed(store)
}

/** Saves the turn that the browser waits for further requests. */
function committed({ transaction }: IDBObjectStore): Promise<void> {
  transaction.commit()
  return transactionDone(transaction)
}

/** Else the requests made before the throw would be committed: half a batch. */
function abortingOnThrow<T>(store: IDBObjectStore, act: () => T): T {
  try {
    return act()
  } catch (error) {
    store.transaction.abort()
    throw error
  }
}

/** Milliseconds that other tabs get to let go of a database that is to be deleted. */
const BLOCKED_LIMIT = 10_000

async function removeDatabase(name: string): Promise<void> {
  // For holders that are not connected at the moment; connected ones hear of it from the browser.
  const channel = new StorageChannel(name, () => {})
  channel.tell('removed')
  channel.close()
  const request = indexedDB.deleteDatabase(name)
  await new Promise<void>((resolve, reject) => {
    const fail = (error: unknown): void => reject(toStorageError(error))
    request.onsuccess = () => resolve()
    request.onerror = () => fail(request.error)
    request.onblocked = () => setTimeout(() => fail(blocked()), BLOCKED_LIMIT)
  })
}

function blocked(): FirekeepError {
  return new FirekeepError(
    'STORAGE_FAILED',
    'another tab still uses this database; it is deleted as soon as that tab is closed or wakes up',
  )
}
