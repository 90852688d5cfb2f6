import { promisifyRequest, type UseStore } from 'idb-keyval'
import { FirekeepError } from '../../errors.js'
import { storageError } from '../storage-error.js'

export interface ConnectionOptions {
  readonly name: string
  readonly durability: 'relaxed' | 'strict'
  readonly sleep: (milliseconds: number) => Promise<void>
  /** Called once when somebody else deleted the database. */
  readonly onRemoved: () => void
}

/** What a read rejects with where the database does not exist: nothing is stored, so there is nothing to read. */
export const MISSING = Symbol('the database does not exist')

const STORE = 'records'
const VERSION = 1
const ATTEMPTS = 5

/**
 * The connection to one IndexedDB database: made when first needed, remade when the browser closes it, given
 * up when somebody deletes the database.
 *
 * {@link IndexedDbConnection.useStore} is what idb-keyval's functions take. Only a write creates the database;
 * a read of a missing one rejects with {@link MISSING}. A transaction is tried again only where it is certain
 * that nothing of it was sent: on a closed connection, and for reads.
 */
export class IndexedDbConnection {
  readonly #options: ConnectionOptions
  #database: IDBDatabase | undefined
  #opening: Promise<unknown> = Promise.resolve()
  #state: 'open' | 'closed' | 'removed' = 'open'
  #existed = false

  constructor(options: ConnectionOptions) {
    this.#options = options
  }

  readonly useStore: UseStore = async (mode, callback) => {
    for (let attempt = 1; ; attempt += 1) {
      this.assertOpen()
      const database = this.#database ?? (await this.#connect(mode === 'readwrite'))
      if (database === undefined) throw MISSING
      const store = this.#openStore(database, mode)
      try {
        if (store !== undefined) return await callback(store)
      } catch (error) {
        const lost = this.#database !== database && mode === 'readonly'
        if (!lost || attempt === ATTEMPTS) throw toStorageError(error)
      }
      if (attempt === ATTEMPTS) throw toStorageError(undefined)
      await this.#options.sleep(backoff(attempt))
    }
  }

  assertOpen(): void {
    if (this.#state === 'closed') throw storageError.closed()
    if (this.#state === 'removed') throw storageError.removed()
  }

  /** From now on every call rejects with `CLOSED`; transactions under way still end. */
  close(state: 'closed' | 'removed'): void {
    if (this.#state === 'open') this.#state = state
    this.#database?.close()
    this.#database = undefined
  }

  /** `undefined` where the connection turned out to be closed. */
  #openStore(database: IDBDatabase, mode: IDBTransactionMode): IDBObjectStore | undefined {
    try {
      const options = { durability: this.#options.durability }
      return database.transaction(STORE, mode, options).objectStore(STORE)
    } catch (error) {
      if ((error as DOMException).name !== 'InvalidStateError') throw toStorageError(error)
      if (this.#database === database) this.#database = undefined
      return undefined
    }
  }

  /** One at a time, so that a reader and a writer that start together share one connection. */
  #connect(create: boolean): Promise<IDBDatabase | undefined> {
    const opened = this.#opening.then(() => this.#database ?? this.#openPatiently(create))
    this.#opening = opened.catch(() => undefined)
    return opened
  }

  async #openPatiently(create: boolean): Promise<IDBDatabase | undefined> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#open(create)
      } catch (error) {
        const storageError = toStorageError(error)
        if (storageError.code !== 'STORAGE_FAILED' || attempt === ATTEMPTS) throw storageError
        await this.#options.sleep(backoff(attempt))
      }
    }
  }

  async #open(create: boolean): Promise<IDBDatabase | undefined> {
    this.assertOpen()
    const request = indexedDB.open(this.#options.name, VERSION)
    let missing = false
    request.onupgradeneeded = () => {
      missing = !create || this.#existed
      // Aborting the upgrade of a new database leaves no database behind.
      if (missing) request.transaction?.abort()
      else request.result.createObjectStore(STORE)
    }
    try {
      return this.#adopt(await promisifyRequest(request))
    } catch (error) {
      if (!missing) throw error
      if (!this.#existed) return undefined
      // It was there and is gone: starting anew under a reader that still holds the old state would mix two databases.
      this.#giveUp()
      throw storageError.removed()
    }
  }

  #adopt(database: IDBDatabase): IDBDatabase {
    const forget = (): void => {
      if (this.#database === database) this.#database = undefined
    }
    database.onclose = forget
    database.onversionchange = event => {
      database.close()
      forget()
      if (event.newVersion === null) this.#giveUp()
    }
    if (this.#state !== 'open') database.close()
    this.assertOpen()
    this.#existed = true
    this.#database = database
    return database
  }

  #giveUp(): void {
    if (this.#state !== 'open') return
    this.close('removed')
    this.#options.onRemoved()
  }
}

/** Resolves when the transaction is committed; rejects with what aborted it. */
export function transactionDone(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve()
    transaction.onabort = () => reject(transaction.error ?? new DOMException('aborted', 'AbortError'))
  })
}

/** What the browser threw, in the words of the storage port. */
export function toStorageError(error: unknown): FirekeepError {
  if (error instanceof FirekeepError) return error
  const name = error instanceof Error ? error.name : undefined
  if (name === 'QuotaExceededError') return storageError.quota({ cause: error })
  if (name === 'VersionError')
    return new FirekeepError(
      'UNSUPPORTED_FORMAT',
      'this database was written by a newer version; reload the page to get that version',
      { cause: error },
    )
  return new FirekeepError(
    'STORAGE_FAILED',
    'the browser could not complete a storage operation; see `cause`',
    {
      cause: error,
    },
  )
}

function backoff(attempt: number): number {
  return 10 * 4 ** (attempt - 1)
}
