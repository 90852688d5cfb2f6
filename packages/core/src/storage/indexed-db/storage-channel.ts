/** What holders of one storage tell each other; hints all, the truth is in the database. */
export type StorageMessage = 'changed' | 'removed' | 'reserve dropped'

/** Milliseconds in which writes are told about together; posting at once would slow each write by a tenth. */
const GATHER = 5

/** Tells the other holders of a storage, in this page and in others of its origin, what happened to it. */
export class StorageChannel {
  readonly #channel: BroadcastChannel
  readonly #listener: (message: StorageMessage) => void
  #timer: ReturnType<typeof setTimeout> | undefined
  #closed = false

  constructor(name: string, listener: (message: StorageMessage) => void) {
    this.#listener = listener
    this.#channel = new BroadcastChannel(name)
    this.#channel.onmessage = event => listener(event.data as StorageMessage)
    globalThis.document?.addEventListener('visibilitychange', this.#wake)
  }

  /** Tells soon that something was written. */
  tellChange(): void {
    this.#timer ??= setTimeout(() => this.#flush(), GATHER)
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
    this.tell('changed')
  }

  /** A frozen tab misses messages, and a tab that was killed may not have sent its last one. */
  readonly #wake = (): void => {
    if (document.visibilityState === 'visible') this.#listener('changed')
  }
}
