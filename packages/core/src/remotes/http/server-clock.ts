import type { HttpPlatform } from './http-platform.js'

/** Clocks that differ by less than this are taken for equal. */
const TOLERANCE = 5_000

/** The clock of a server, as far as it has told. */
export class ServerClock {
  readonly #platform: HttpPlatform
  #skew = 0

  constructor(platform: HttpPlatform) {
    this.#platform = platform
  }

  /** Milliseconds since 1970 there. */
  now(): number {
    return this.#platform.now() + this.#skew
  }

  /** How far it is ahead of ours. */
  get skew(): number {
    return this.#skew
  }

  /** Takes over what the server says; answers whether that made a difference. */
  correct(time: number): boolean {
    if (Math.abs(time - this.now()) <= TOLERANCE) return false
    this.#skew = time - this.#platform.now()
    return true
  }
}
