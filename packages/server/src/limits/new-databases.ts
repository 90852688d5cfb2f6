import type { AddressBuckets } from './address-buckets.js'
import { BoundedMap } from './bounded-map.js'
import { tooMuch } from './too-much.js'

/** Bounds how many databases one address begins: the first append, pointer or blob of an empty log takes from its bucket. */
export class NewDatabases {
  readonly #buckets: AddressBuckets
  readonly #onNew: () => void
  /** Logs that were let in and may still look empty. */
  readonly #admitted = new BoundedMap<string, true>(10_000)

  constructor(buckets: AddressBuckets, onNew: () => void) {
    this.#buckets = buckets
    this.#onNew = onNew
  }

  /** Call before the first write to a log that is empty. `LIMIT_EXCEEDED` where the address began too many. */
  admit(log: string, address: string): void {
    if (this.#admitted.get(log)) return
    const wait = this.#buckets.take(address)
    if (wait > 0) throw tooMuch('too many new databases from this address', wait)
    this.#admitted.set(log, true)
    this.#onNew()
  }
}
