/** What holders of one storage tell each other; hints all, the truth is in the database. */
export type StorageMessage = 'changed' | 'removed' | 'reserve dropped'

/** Milliseconds between two messages about writes: a post costs a tenth of a write, so a busy tab sends few. */
const PAUSE = 20

/** Tells the other holders of a storage, in this page and in others of its origin, what happened to it. */
export class StorageChannel {
  readonly #channel: BroadcastChannel
  readonly #listener: (message: StorageMessage) => void
  #timer: ReturnType<typeof setTimeout> | undefined
  #toldAt = Number.NEGATIVE_INFINITY
  #closed = false

  constructor(name: string, listener: (message: StorageMessage) => void) {
    this.#listener = listener
    this.#channel = new BroadcastChannel(name)
    this.#channel.onmessage = event => listener(event.data as StorageMessage)
    globalThis.document?.addEventListener('visibilitychange', this.#wake)
  }

  /** Tells that something was written: in the next turn after a quiet spell, later when there is much to tell. */
  tellChange(): void {
    if (this.#timer !== undefined) return
    const rest = this.#toldAt + PAUSE - performance.now()
    this.#timer = setTimeout(() => this.#flush(), Math.max(0, rest))
  }

  tell(message: StorageMessage): void {
    if (!this.#closed) this.#channel.postMessage(message)
  }

  close(): void {
    if (this.#timer !== undefined) this.#flush()
    this.#closed = true
    this.#channel.close()
    globalThis.document?.removeEventListener('visibilitychange', this.#wake)
  }

  #flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#toldAt = performance.now()
    this.tell('changed')
  }

  /** A frozen tab misses messages, and a tab that was killed may not have sent its last one. */
  readonly #wake = (): void => {
    if (document.visibilityState === 'visible') this.#listener('changed')
  }
}
