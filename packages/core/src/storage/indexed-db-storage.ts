import { delay } from '../primitives/delay.js'
import { Emitter } from '../primitives/emitter.js'
import { BatchWriter } from './indexed-db/batch-writer.js'
import { IndexedDbConnection, MISSING } from './indexed-db/connection.js'
import * as records from './indexed-db/records.js'
import { removeDatabase } from './indexed-db/remove-database.js'
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
import { storageError } from './storage-error.js'

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

class IndexedDbStorage implements Storage {
  readonly kind = 'indexeddb'
  readonly #parts: Parts
  readonly #connection: IndexedDbConnection
  readonly #reserve: Reserve
  readonly #writer: BatchWriter
  readonly #channel: StorageChannel
  readonly #pending = new Pending()
  readonly #changes = new Emitter<undefined>()
  #closed = false

  constructor(parts: Parts) {
    this.#parts = parts
    this.#connection = new IndexedDbConnection({ ...parts, onRemoved: () => this.end('removed') })
    const { useStore } = this.#connection
    this.#reserve = new Reserve(useStore, parts.reserve)
    this.#writer = new BatchWriter({
      useStore,
      reserve: this.#reserve,
      sleep: parts.sleep,
      onReserveDropped: () => this.#channel.tell('reserve dropped'),
    })
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
    const written = this.#writer.write(puts, deletes, options)
    await this.#pending.track(written.then(() => this.#channel.tellChange()))
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

  #hear(message: StorageMessage): void {
    if (message === 'removed') this.end('removed')
    else if (message === 'reserve dropped') this.#reserve.forget()
    else if (!this.#closed) this.#changes.emit(undefined)
  }
}
