import { FirekeepError } from '../errors.js'

/** One fetch of any number of callers. */
export class SharedFetch {
  readonly done: Promise<void>
  readonly #abort = new AbortController()
  readonly #listeners = new Set<(done: number) => void>()
  #callers = 0
  #fetched = 0

  constructor(run: (shared: SharedFetch) => Promise<void>) {
    this.done = Promise.resolve().then(() => run(this))
    this.done.catch(() => undefined)
  }

  /** Ends it, whoever waits. */
  stop(): void {
    this.#abort.abort()
  }

  get signal(): AbortSignal {
    return this.#abort.signal
  }

  tell(done: number): void {
    this.#fetched = done
    for (const listener of this.#listeners) listener(done)
  }

  /** Resolves with the fetch, rejects with the signal. */
  async join(
    signal: AbortSignal | undefined,
    onProgress: ((done: number) => void) | undefined,
  ): Promise<void> {
    this.#callers += 1
    let fail: (error: unknown) => void = () => undefined
    const failed = new Promise<never>((_, reject) => {
      fail = reject
    })
    failed.catch(() => undefined)
    // What a caller's function throws is his failure and nobody else's.
    const listener = (done: number) => {
      try {
        onProgress?.(done)
      } catch (error) {
        fail(error)
      }
    }
    this.#listeners.add(listener)
    if (this.#fetched > 0) listener(this.#fetched)
    try {
      await Promise.race([failed, untilAborted(this.done, signal)])
    } finally {
      this.#callers -= 1
      this.#listeners.delete(listener)
      if (this.#callers === 0) this.#abort.abort()
    }
  }
}

function untilAborted(done: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) return done
  return new Promise((resolve, reject) => {
    const stop = () => reject(new FirekeepError('ABORTED', 'loading the file was aborted'))
    signal.addEventListener('abort', stop)
    if (signal.aborted) stop()
    void done.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
}
