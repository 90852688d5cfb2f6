/** Lets through so many in a second, and a burst at once. Time is the caller's, in milliseconds. */
export class TokenBucket {
  readonly #perMillisecond: number
  readonly #burst: number
  #tokens: number
  #time: number

  constructor(perSecond: number, burst: number, now: number) {
    this.#perMillisecond = perSecond / 1000
    this.#burst = burst
    this.#tokens = burst
    this.#time = now
  }

  /**
   * Takes `count`, where there is one; answers 0, or after how many milliseconds there is one again. What more is
   * taken than there is, later calls wait for.
   */
  take(now: number, count = 1): number {
    const wait = this.wait(now)
    if (wait === 0) this.#tokens -= count
    return wait
  }

  /** After how many milliseconds there is one; takes none. */
  wait(now: number): number {
    // A clock that was set back must not stop anybody for long.
    const passed = Math.max(0, now - this.#time)
    this.#time = now
    this.#tokens = Math.min(this.#burst, this.#tokens + passed * this.#perMillisecond)
    if (this.#tokens >= 1 - ROUNDING) return 0
    return Math.ceil((1 - ROUNDING - this.#tokens) / this.#perMillisecond)
  }
}

/** What sums of fractions may lack. */
const ROUNDING = 1e-6
