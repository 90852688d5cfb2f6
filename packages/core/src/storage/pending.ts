/** What is under way in a storage, so that `close` can wait for it. */
export class Pending {
  readonly #promises = new Set<Promise<unknown>>()

  /** Counts `promise` as under way until it settles, and hands it back. */
  track<T>(promise: Promise<T>): Promise<T> {
    this.#promises.add(promise)
    const done = (): boolean => this.#promises.delete(promise)
    promise.then(done, done)
    return promise
  }

  /** Resolves when nothing is under way; how it ended is its caller's to know. */
  async drain(): Promise<void> {
    while (this.#promises.size > 0) await Promise.allSettled(this.#promises)
  }
}
