import { closedError } from '../../log/log-errors.js'

/** Counts calls, so that `close` waits for those under way and others are refused. */
export class CallsUnderWay {
  readonly #calls = new Set<Promise<unknown>>()
  #isClosed = false

  async run<T>(call: () => Promise<T>): Promise<T> {
    this.assertOpen()
    const running = call()
    this.#calls.add(running)
    try {
      return await running
    } finally {
      this.#calls.delete(running)
    }
  }

  /** Rejects with `CLOSED` after {@link close}. */
  assertOpen(): void {
    if (this.#isClosed) throw closedError()
  }

  /** Refuses calls from now on and waits for those under way. */
  async close(): Promise<void> {
    this.#isClosed = true
    while (this.#calls.size > 0) await Promise.allSettled(this.#calls)
  }
}
