/**
 * A few items of a long series, spread evenly over it: every n-th is kept, and when they become too many every
 * second of them is dropped and n doubles. Deterministic.
 */
export class SpreadSample<T> {
  readonly #capacity: number
  #items: T[] = []
  #seen = 0
  #stride = 1

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  get items(): readonly T[] {
    return this.#items
  }

  add(item: T): void {
    if (this.#seen % this.#stride === 0) this.#items.push(item)
    this.#seen += 1
    if (this.#items.length <= this.#capacity) return
    this.#items = this.#items.filter((_, i) => i % 2 === 0)
    this.#stride *= 2
  }
}
