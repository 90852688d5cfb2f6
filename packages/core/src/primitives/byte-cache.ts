/** What a {@link ByteCache} holds. */
interface Cached {
  /** How many bytes it takes, always the same number. */
  readonly size: number
  /** Whether it was used since it was last passed over. Who has it at hand may set this, which is all that using it takes. */
  wasUsed: boolean
}

/**
 * A cache bounded by bytes that forgets what was not used for long: the oldest values go first, but one that was used
 * since it came, or was passed over last, is passed over (the *second chance* or *clock* algorithm: using a value
 * costs no more than finding it). A value that is larger than the whole cache is forgotten at once. What was
 * handed out stays with whoever holds it.
 */
export class ByteCache<V extends Cached> {
  /** The most bytes it holds. */
  readonly limit: number
  readonly #onForget: (value: V) => void
  readonly #values = new Map<string, V>()
  #size = 0

  /** `onForget` hears of every value that leaves, for whatever reason. */
  constructor(limit: number, onForget: (value: V) => void) {
    this.limit = limit
    this.#onForget = onForget
  }

  /** The sum of the sizes of what is held, at most the limit. */
  get size(): number {
    return this.#size
  }

  /** The value under `key`, which counts as used. */
  get(key: string): V | undefined {
    const value = this.#values.get(key)
    if (value !== undefined) value.wasUsed = true
    return value
  }

  set(key: string, value: V): void {
    this.delete(key)
    this.#values.set(key, value)
    value.wasUsed = false
    this.#size += value.size
    // Those passed over are met again behind the rest: all others are forgotten before the new one.
    for (const [oldest, other] of this.#values) {
      if (this.#size <= this.limit) return
      const isNew = oldest === key && this.#values.size > 1
      if (!other.wasUsed && !isNew) {
        this.delete(oldest)
        continue
      }
      other.wasUsed = false
      this.#values.delete(oldest)
      this.#values.set(oldest, other)
    }
  }

  delete(key: string): void {
    const value = this.#values.get(key)
    if (value === undefined) return
    this.#values.delete(key)
    this.#size -= value.size
    this.#onForget(value)
  }

  /** All keys; values may be deleted meanwhile. */
  keys(): Iterable<string> {
    return this.#values.keys()
  }
}
