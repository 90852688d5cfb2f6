import { promisifyRequest, type UseStore } from 'idb-keyval'
import { transactionDone } from './connection.js'
import { FILLER_KEY } from './records.js'

/**
 * The room held back so that deleting works when the quota is used up: a record of random bytes (zeros would
 * be compressed away) that is dropped when it is needed and written again before the next ordinary batch.
 *
 * Dropping is a transaction of its own: browsers refuse one that adds anything before they look at what it
 * removes, but always let one pass that only removes.
 */
export class Reserve {
  readonly #useStore: UseStore
  readonly #size: number
  #present = false

  constructor(useStore: UseStore, size: number) {
    this.#useStore = useStore
    this.#size = size
  }

  /** Holds the room back; rejects with `QUOTA_EXCEEDED` where there is none. Free while nobody dropped it. */
  async ensure(): Promise<void> {
    if (this.#present || this.#size === 0) return
    const filler = randomBytes(this.#size)
    await this.#useStore('readwrite', async store => {
      const key = await promisifyRequest(store.getKey(FILLER_KEY))
      if (key === undefined) store.put(filler, FILLER_KEY)
      await transactionDone(store.transaction)
    })
    this.#present = true
  }

  /** Gives the room free. */
  async drop(): Promise<void> {
    this.#present = false
    await this.#useStore('readwrite', store => {
      store.delete(FILLER_KEY)
      return transactionDone(store.transaction)
    })
  }

  /** Somebody else dropped it. */
  forget(): void {
    this.#present = false
  }
}

/** `getRandomValues` fills at most 64 KiB at a time. */
function randomBytes(size: number): Uint8Array {
  const bytes = new Uint8Array(size)
  for (let at = 0; at < size; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536))
  return bytes
}
