/** Runs asynchronous functions one after the other, in the order of the calls. */
export class Mutex {
  #tail: Promise<unknown> = Promise.resolve()

  /** Runs `task` when all tasks before it have ended, whatever their outcome. */
  run<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#tail.then(task, task)
    this.#tail = result.catch(() => undefined)
    return result
  }
}
