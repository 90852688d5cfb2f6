/**
 * A value that changes, for one or more components: it starts with its first listener, stops with its last, and
 * may start again. Making one starts nothing, so a render that React throws away leaves nothing behind.
 *
 * The last value stays while it is stopped, so that a component that is hidden and shown again does not flash.
 *
 * @example
 * ```ts
 * const source = new Source(0, publish => {
 *   const timer = setInterval(() => publish(Date.now()), 1000)
 *   return () => clearInterval(timer)
 * })
 * ```
 */
export class Source<T> {
  readonly #initial: T
  readonly #start: (publish: (snapshot: T) => void) => () => void
  readonly #listeners = new Set<() => void>()
  #snapshot: T
  #stop: (() => void) | undefined

  constructor(initial: T, start: (publish: (snapshot: T) => void) => () => void) {
    this.#initial = initial
    this.#start = start
    this.#snapshot = initial
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    // An object of its own per call: the same function may be given twice.
    const entry = () => listener()
    this.#listeners.add(entry)
    if (this.#listeners.size === 1) this.#run()
    return () => {
      if (this.#listeners.delete(entry) && this.#listeners.size === 0) this.#halt()
    }
  }

  /** The same object until a new one is published. */
  readonly getSnapshot = (): T => this.#snapshot

  /** What is shown on a server and while its markup is taken over: the value before anything was read. */
  readonly getServerSnapshot = (): T => this.#initial

  publish(snapshot: T): void {
    if (Object.is(snapshot, this.#snapshot)) return
    this.#snapshot = snapshot
    for (const listener of [...this.#listeners]) listener()
  }

  #run(): void {
    let live = true
    const stop = this.#start(snapshot => {
      if (live) this.publish(snapshot)
    })
    this.#stop = () => {
      live = false
      stop()
    }
  }

  #halt(): void {
    const stop = this.#stop
    this.#stop = undefined
    stop?.()
  }
}
