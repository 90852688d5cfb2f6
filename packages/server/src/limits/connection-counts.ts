import { bucketKey } from './address-buckets.js'

/** Counts WebSockets and exchanges that wait, in all and for each address. */
export class ConnectionCounts {
  readonly #countByAddress = new Map<string, number>()
  readonly #most: number
  readonly #mostPerAddress: number
  #total = 0

  constructor({ most, mostPerAddress }: { most: number; mostPerAddress: number }) {
    this.#most = most
    this.#mostPerAddress = mostPerAddress
  }

  /** Counts one more; returns what counts it off again, or `undefined` where there are too many. */
  enter(address: string): (() => void) | undefined {
    const key = bucketKey(address)
    const count = this.#countByAddress.get(key) ?? 0
    if (this.#total >= this.#most || count >= this.#mostPerAddress) return undefined
    this.#total += 1
    this.#countByAddress.set(key, count + 1)
    let isIn = true
    return () => {
      if (isIn) this.#leave(key)
      isIn = false
    }
  }

  #leave(key: string): void {
    this.#total -= 1
    const count = (this.#countByAddress.get(key) ?? 0) - 1
    if (count > 0) this.#countByAddress.set(key, count)
    else this.#countByAddress.delete(key)
  }
}
