/** A number of places; who finds none waits for his turn. */
export class Slots {
  readonly #waiting: (() => void)[] = []
  readonly #onFree: () => void
  #free: number

  /** `onFree` hears of a place that nobody waited for. */
  constructor(count: number, onFree: () => void = () => undefined) {
    this.#free = count
    this.#onFree = onFree
  }

  get free(): number {
    return this.#free
  }

  /** Takes a place at once; only where one is free. */
  take(): void {
    this.#free -= 1
  }

  async acquire(): Promise<void> {
    if (this.#free > 0) return this.take()
    await new Promise<void>(resolve => this.#waiting.push(resolve))
  }

  release(): void {
    const next = this.#waiting.shift()
    if (next === undefined) {
      this.#free += 1
      this.#onFree()
    } else next()
  }
}
