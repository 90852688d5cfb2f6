import { TokenBucket } from './token-bucket.js'

/** A bucket for each address, and for a bounded number of addresses: the one used longest ago is forgotten first. */
export class AddressBuckets {
  readonly #bucketByAddress = new Map<string, TokenBucket>()
  readonly #perSecond: number
  readonly #burst: number
  readonly #now: () => number

  constructor({ perSecond, burst, now }: { perSecond: number; burst: number; now: () => number }) {
    this.#perSecond = perSecond
    this.#burst = burst
    this.#now = now
  }

  /** Takes `count`, where there is one; answers 0, or after how many milliseconds there is one again. */
  take(address: string, count = 1): number {
    return this.#use(address).take(this.#now(), count)
  }

  /** After how many milliseconds the address has one; takes none. */
  wait(address: string): number {
    return this.#bucketByAddress.get(bucketKey(address))?.wait(this.#now()) ?? 0
  }

  #use(address: string): TokenBucket {
    const key = bucketKey(address)
    const bucket =
      this.#bucketByAddress.get(key) ?? new TokenBucket(this.#perSecond, this.#burst, this.#now())
    this.#bucketByAddress.delete(key)
    this.#bucketByAddress.set(key, bucket)
    if (this.#bucketByAddress.size > MAX_ADDRESSES) this.#forgetOldest()
    return bucket
  }

  #forgetOldest(): void {
    for (const address of this.#bucketByAddress.keys()) {
      this.#bucketByAddress.delete(address)
      return
    }
  }
}

const MAX_ADDRESSES = 50_000

/** Who has one address of IPv6 has 2^64 of them, so those count as one. */
export function bucketKey(address: string): string {
  if (!address.includes(':')) return address
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)
  if (mapped !== null) return mapped[1] as string
  const [head = '', tail] = address.split('::', 2)
  const front = head === '' ? [] : head.split(':')
  const back = tail === undefined || tail === '' ? [] : tail.split(':')
  const gap = tail === undefined ? [] : new Array(Math.max(0, 8 - front.length - back.length)).fill('0')
  return `${[...front, ...gap, ...back].slice(0, 4).join(':')}::/64`
}
