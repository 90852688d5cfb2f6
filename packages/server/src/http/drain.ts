import { FirekeepError } from '@firekeep/core/protocol'

const LEAST_RETRY = 500
const MOST_RETRY = 10_000

/** Lets a server end well: what runs is finished, what is new is refused, what waits is told. */
export class Drain {
  readonly #random: () => number
  readonly #onBegin = new Set<() => void>()
  readonly #onIdle = new Set<() => void>()
  #running = 0
  #isDraining = false

  constructor(random: () => number) {
    this.#random = random
  }

  get isDraining(): boolean {
    return this.#isDraining
  }

  /** When a client may come back, in milliseconds: spread, so that not all come at once. */
  retryAfter(): number {
    return Math.round(LEAST_RETRY + this.#random() * (MOST_RETRY - LEAST_RETRY))
  }

  /** Runs a request. `REMOTE_UNAVAILABLE` once the server is about to end. */
  async run<T>(request: () => Promise<T>): Promise<T> {
    if (this.#isDraining) {
      const details = { retryAfter: this.retryAfter() }
      throw new FirekeepError('REMOTE_UNAVAILABLE', 'the server is about to restart', { details })
    }
    this.#running += 1
    try {
      return await request()
    } finally {
      this.#running -= 1
      if (this.#running === 0) for (const listener of [...this.#onIdle]) listener()
    }
  }

  /** Calls `listener` when the end begins; returns what takes that back. */
  onBegin(listener: () => void): () => void {
    this.#onBegin.add(listener)
    return () => this.#onBegin.delete(listener)
  }

  begin(): void {
    if (this.#isDraining) return
    this.#isDraining = true
    for (const listener of [...this.#onBegin]) listener()
  }

  /** Resolves when nothing runs any more and its answers are on their way, or after so many milliseconds. */
  async idle(milliseconds: number): Promise<void> {
    if (this.#running > 0) await this.#ended(milliseconds)
    // Whoever ran a request sends its answer in the same turn.
    await new Promise(resolve => setImmediate(resolve))
  }

  #ended(milliseconds: number): Promise<void> {
    return new Promise(resolve => {
      const done = (): void => {
        clearTimeout(timer)
        this.#onIdle.delete(done)
        resolve()
      }
      const timer = setTimeout(done, milliseconds)
      this.#onIdle.add(done)
    })
  }
}
