/** What a {@link ByteCache} holds: something that says how many bytes it takes, always the same number. */
interface Sized {
  readonly size: number
}

/** A value, and whether it was used since it was last passed over. */
interface Entry<V> {
  readonly value: V
  wasUsed: boolean
}

/**
 * A cache bounded by bytes that forgets what was not used for long: the oldest values go first, but one that was used
 * since it came, or was passed over last, is passed over (the *second chance* or *clock* algorithm: using a value
 * costs no more than finding it). A value that is larger than the whole cache is forgotten at once. What was
 * handed out stays with whoever holds it.
 */
export class ByteCache<V extends Sized> {
  readonly #limit: number
  readonly #onForget: (value: V) => void
  readonly #entries = new Map<string, Entry<V>>()
  #size = 0

  /** `onForget` hears of every value that leaves, for whatever reason. */
  constructor(limit: number, onForget: (value: V) => void) {
    this.#limit = limit
    this.#onForget = onForget
  }

  /** The sum of the sizes of what is held, at most the limit. */
  get size(): number {
    return this.#size
  }

  /** The value under `key`, which counts as used. */
  get(key: string): V | undefined {
    const entry = this.#entries.get(key)
    if (entry === undefined) return undefined
    entry.wasUsed = true
    return entry.value
  }

  set(key: string, value: V): void {
    this.delete(key)
    this.#entries.set(key, { value, wasUsed: false })
    this.#size += value.size
    // Those passed over are met again behind the rest: all others are forgotten before the new one.
    for (const [oldest, entry] of this.#entries) {
      if (this.#size <= this.#limit) return
      const isNew = oldest === key && this.#entries.size > 1
      if (!entry.wasUsed && !isNew) {
        this.delete(oldest)
        continue
      }
      entry.wasUsed = false
      this.#entries.delete(oldest)
      this.#entries.set(oldest, entry)
    }
  }

  delete(key: string): void {
    const entry = this.#entries.get(key)
    if (entry === undefined) return
    this.#entries.delete(key)
    this.#size -= entry.value.size
    this.#onForget(entry.value)
  }

  /** All keys; values may be deleted meanwhile. */
  keys(): Iterable<string> {
    return this.#entries.keys()
  }
}
