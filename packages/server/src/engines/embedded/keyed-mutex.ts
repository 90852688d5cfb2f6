/** Runs tasks of one key one after another; those of different keys do not wait for each other. */
export class KeyedMutex {
  readonly #lastByKey = new Map<string, Promise<unknown>>()

  async run<T>(key: string, task: () => Promise<T>): Promise<T> {
    const before = this.#lastByKey.get(key) ?? Promise.resolve()
    const running = before.then(task)
    const settled = running.catch(() => undefined)
    this.#lastByKey.set(key, settled)
    try {
      return await running
    } finally {
      if (this.#lastByKey.get(key) === settled) this.#lastByKey.delete(key)
    }
  }
}
