/** The beginning of every simulation. */
const START = Date.UTC(2026, 0, 1)

interface Event {
  readonly at: number
  readonly act: () => void
}

/**
 * Time that passes only when a simulation lets it: what is due happens one by one, the earliest first and what is due
 * at one moment in the order it was asked for, and between two events everything comes to rest.
 */
export class VirtualTime {
  readonly #rest: () => Promise<void>
  readonly #events = new Set<Event>()
  #now = START

  /** `rest` resolves when nothing goes on any more that does not wait for time. */
  constructor(rest: () => Promise<void>) {
    this.#rest = rest
  }

  /** Milliseconds since 1970. */
  get now(): number {
    return this.#now
  }

  /** Lets something happen later; returns what calls it off. */
  after(milliseconds: number, act: () => void): () => void {
    const event = { at: this.#now + Math.max(0, milliseconds), act }
    this.#events.add(event)
    return () => this.#events.delete(event)
  }

  /** As the `delay` of an environment. */
  readonly delay = (milliseconds: number, signal?: AbortSignal): Promise<void> =>
    new Promise(resolve => {
      if (signal?.aborted) return resolve()
      const end = () => {
        callOff()
        signal?.removeEventListener('abort', end)
        resolve()
      }
      const callOff = this.after(milliseconds, end)
      signal?.addEventListener('abort', end)
    })

  async pass(milliseconds: number): Promise<void> {
    const until = this.#now + milliseconds
    await this.#passUntil(until, () => false)
    this.#now = Math.max(this.#now, until)
  }

  /** Lets time pass until something holds; answers whether it does, at the end of some milliseconds at most. */
  async passUntil(isDone: () => boolean, milliseconds: number): Promise<boolean> {
    await this.#passUntil(this.#now + milliseconds, isDone)
    return isDone()
  }

  async #passUntil(until: number, isDone: () => boolean): Promise<void> {
    for (;;) {
      await this.#rest()
      if (isDone()) return
      const next = this.#takeNext(until)
      if (next === undefined) return
      this.#now = Math.max(this.#now, next.at)
      next.act()
    }
  }

  #takeNext(until: number): Event | undefined {
    let next: Event | undefined
    for (const event of this.#events) {
      if (event.at <= until && (next === undefined || event.at < next.at)) next = event
    }
    if (next !== undefined) this.#events.delete(next)
    return next
  }
}
