import { FirekeepError } from '../errors.js'
import type { BatchOptions, Storage, StorageEntry, StorageInfo } from '../storage/storage.js'

export interface CrashPoint {
  /** Which operation crashes, counted from 1; only those that `counts` names. Default: never. */
  readonly at?: number
  /** `before`: nothing of the operation happened. `after`: it took effect, but its caller does not hear of it. */
  readonly when?: 'before' | 'after'
  /** What counts as an operation. Default `batches`, as reads change nothing. */
  readonly counts?: 'batches' | 'all'
}

/**
 * A storage that dies at a chosen operation, as a killed tab or process does: that call and everything after it
 * rejects with `STORAGE_FAILED`. What the wrapped storage holds survives; open it through another holder to see.
 *
 * A run without `at` counts the operations, so that a test can then crash at each of them; with `counts: 'all'` that
 * is every call but `watch` and `close`. To crash a whole engine, or one of two that take turns, see `SteppedSpace`.
 *
 * @example
 * ```ts
 * const space = createMemorySpace()
 * const storage = new CrashStorage(await space.open('db'), { at: 3, when: 'after' })
 * ```
 */
export class CrashStorage implements Storage {
  readonly #storage: Storage
  readonly #point: Required<Omit<CrashPoint, 'at'>> & { readonly at: number }
  #operations = 0
  #hasCrashed = false

  constructor(storage: Storage, point: CrashPoint = {}) {
    this.#storage = storage
    this.#point = { at: 0, when: 'before', counts: 'batches', ...point }
  }

  get kind(): Storage['kind'] {
    return this.#storage.kind
  }

  /** Operations so far, the one that crashed included. */
  get operations(): number {
    return this.#operations
  }

  get hasCrashed(): boolean {
    return this.#hasCrashed
  }

  get(key: string): Promise<Uint8Array | undefined> {
    return this.#read(() => this.#storage.get(key))
  }

  getRange(key: string, offset: number, length: number): Promise<Uint8Array | undefined> {
    return this.#read(() => this.#storage.getRange(key, offset, length))
  }

  list(prefix: string): Promise<string[]> {
    return this.#read(() => this.#storage.list(prefix))
  }

  getAll(prefix: string): Promise<StorageEntry[]> {
    return this.#read(() => this.#storage.getAll(prefix))
  }

  watch(listener: () => void): () => void {
    return this.#storage.watch(() => {
      if (!this.#hasCrashed) listener()
    })
  }

  batch(puts: readonly StorageEntry[], deletes: readonly string[], options?: BatchOptions): Promise<void> {
    return this.#operate(() => this.#storage.batch(puts, deletes, options))
  }

  info(): Promise<StorageInfo> {
    return this.#read(() => this.#storage.info())
  }

  persist(): Promise<boolean> {
    return this.#read(() => this.#storage.persist())
  }

  /** Frees the wrapped storage, crashed or not. */
  close(): Promise<void> {
    return this.#storage.close()
  }

  #read<T>(act: () => Promise<T>): Promise<T> {
    return this.#point.counts === 'all' ? this.#operate(act) : this.#unlessCrashed(act)
  }

  async #operate<T>(act: () => Promise<T>): Promise<T> {
    if (this.#hasCrashed) throw crashed()
    this.#operations += 1
    if (this.#operations !== this.#point.at) return this.#unlessCrashed(act)
    this.#hasCrashed = true
    if (this.#point.when === 'after') await act()
    throw crashed()
  }

  /** A crash reaches also those who were waiting for an answer when it came. */
  async #unlessCrashed<T>(act: () => Promise<T>): Promise<T> {
    if (this.#hasCrashed) throw crashed()
    const answer = await act()
    if (this.#hasCrashed) throw crashed()
    return answer
  }
}

function crashed(): FirekeepError {
  return new FirekeepError('STORAGE_FAILED', 'the storage crashed, as the test asked it to')
}
