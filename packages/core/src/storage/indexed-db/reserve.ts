import { promisifyRequest, type UseStore } from 'idb-keyval'
import { MOST_RESERVED, reserveSize } from '../reserve-size.js'
import { transactionDone } from './connection.js'
import { fillerRange, storedBytes } from './records.js'

/** Less than in files, as it is written through the database, and anew whenever it grows. */
const SHARE = 1 / 8
/** More than this need not be counted. */
const MOST_COUNTED = MOST_RESERVED / SHARE

/**
 * The room held back so that deleting works when the quota is used up: a record of random bytes (zeros would
 * be compressed away) that is dropped when it is needed and written again before the next ordinary batch. It
 * grows with the storage by the rule of {@link reserveSize}. Its key is its size, so that it need not be read.
 *
 * What is stored is counted at first, and again when so much was put since that it may have to grow.
 *
 * Dropping is a transaction of its own: browsers refuse one that adds anything before they look at what it
 * removes, but always let one pass that only removes.
 */
export class Reserve {
  readonly #useStore: UseStore
  readonly #fixed: number | undefined
  #quota: Promise<number | undefined> | undefined
  /** What is known to be held back; 0 where it is not known. */
  #held = 0
  /** Bytes stored when they were counted, and put since; after a quarter of what is held they are counted anew. */
  #counted = 0
  #put = 0

  /** With `fixed` it has that size, whatever is stored. */
  constructor(useStore: UseStore, fixed?: number) {
    this.#useStore = useStore
    this.#fixed = fixed
  }

  /**
   * Holds the room back before `incoming` bytes are put; rejects with `QUOTA_EXCEEDED` where there is none. Free
   * while nobody dropped it and it need not grow.
   */
  async ensure(incoming: number): Promise<void> {
    if (this.#fixed === 0) return
    const quota = this.#fixed === undefined ? await this.#findQuota() : undefined
    this.#put += incoming
    const isEnough = this.#sizeFor(this.#counted + this.#put, quota) <= this.#held
    if (this.#held > 0 && (isEnough || this.#put * 4 < this.#held)) return
    await this.#useStore('readwrite', store => this.#hold(store, incoming, quota))
  }

  /** Gives the room free. */
  async drop(): Promise<void> {
    this.#held = 0
    await this.#useStore('readwrite', store => {
      store.delete(fillerRange())
      return transactionDone(store.transaction)
    })
  }

  /** Somebody else dropped it. */
  forget(): void {
    this.#held = 0
  }

  async #hold(store: IDBObjectStore, incoming: number, quota: number | undefined): Promise<void> {
    const sizes = (await promisifyRequest(store.getAllKeys(fillerRange()))) as number[]
    const held = Math.max(0, ...sizes)
    const most = this.#sizeFor(MOST_COUNTED, quota)
    const counted = held < most && this.#fixed === undefined ? await storedBytes(store, MOST_COUNTED) : 0
    const size = held < most ? this.#sizeFor(counted + incoming, quota) : most
    if (held < size) {
      store.delete(fillerRange())
      store.put(randomBytes(size), size)
    }
    await transactionDone(store.transaction)
    this.#held = Math.max(held, size)
    this.#counted = counted
    this.#put = incoming
  }

  #sizeFor(stored: number, quota: number | undefined): number {
    return this.#fixed ?? reserveSize(stored, SHARE, quota)
  }

  #findQuota(): Promise<number | undefined> {
    this.#quota ??= findQuota()
    return this.#quota
  }
}

/** `undefined` where the browser does not tell. */
async function findQuota(): Promise<number | undefined> {
  try {
    return (await navigator.storage.estimate()).quota
  } catch {
    return undefined
  }
}

/** `getRandomValues` fills at most 64 KiB at a time. */
function randomBytes(size: number): Uint8Array {
  const bytes = new Uint8Array(size)
  for (let at = 0; at < size; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536))
  return bytes
}
