import type { UseStore } from 'idb-keyval'
import { hasErrorCode } from '../../errors.js'
import { Mutex } from '../../primitives/mutex.js'
import type { BatchOptions, StorageEntry } from '../storage.js'
import { checkSeen } from '../storage-error.js'
import { transactionDone } from './connection.js'
import * as records from './records.js'
import type { Reserve } from './reserve.js'

export interface BatchWriterParts {
  readonly useStore: UseStore
  readonly reserve: Reserve
  readonly sleep: (milliseconds: number) => Promise<void>
  /** Called when the room held back was given free, so that other holders do not count on it. */
  readonly onReserveDropped: () => void
}

/** Waits (ms) before a batch is tried again with the room that was held back, as freeing it may take a moment. */
const ROOM_WAITS = [0, 50, 200, 1_000]

/** Keys remembered as existing, to be replaced at once. */
const REWRITTEN_LIMIT = 1_000

/** Writes the batches of one storage, one after the other, each in one readwrite transaction. */
export class BatchWriter {
  readonly #parts: BatchWriterParts
  readonly #writes = new Mutex()
  readonly #rewritten = new Set<string>()

  constructor(parts: BatchWriterParts) {
    this.#parts = parts
  }

  /** As `Storage.batch`. */
  write(puts: readonly StorageEntry[], deletes: readonly string[], options: BatchOptions): Promise<void> {
    return this.#writes.run(() => this.#write(puts, deletes, options))
  }

  async #write(
    puts: readonly StorageEntry[],
    deletes: readonly string[],
    { seen, reserve = puts.length === 0 }: BatchOptions,
  ): Promise<void> {
    if (!reserve) await this.#parts.reserve.ensure(puts.reduce((size, [, value]) => size + value.length, 0))
    try {
      await this.#commit(puts, deletes, seen)
    } catch (error) {
      if (!reserve || !hasErrorCode(error, 'QUOTA_EXCEEDED')) throw error
      await this.#commitWithReserve(puts, deletes, seen)
    }
  }

  async #commitWithReserve(
    puts: readonly StorageEntry[],
    deletes: readonly string[],
    seen: BatchOptions['seen'],
  ): Promise<void> {
    await this.#parts.reserve.drop()
    this.#parts.onReserveDropped()
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
    const { useStore } = this.#parts
    const mayAdd =
      seen === undefined &&
      deletes.length === 0 &&
      puts.every(([key, value]) => records.isSingle(value) && !this.#rewritten.has(key))
    if (mayAdd && (await useStore('readwrite', store => this.#add(store, puts)))) return
    await useStore('readwrite', store => replace(store, puts, deletes, seen))
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
