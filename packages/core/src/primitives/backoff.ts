const LEAST_MILLISECONDS = 500
const MOST_MILLISECONDS = 60_000
/** Doublings after which the longest wait is reached. */
const MOST_DOUBLINGS = Math.ceil(Math.log2(MOST_MILLISECONDS / LEAST_MILLISECONDS))

/**
 * How long to wait before the next try: twice as long each time, from 0.5 to 60 s. The second half of each wait is
 * left to chance, so that many who failed at once do not come back at once.
 */
export class Backoff {
  #failures = 0

  /** The next wait in milliseconds. `random` answers a number from 0 to below 1. */
  next(random: () => number): number {
    const ceiling = Math.min(MOST_MILLISECONDS, 2 * LEAST_MILLISECONDS * 2 ** this.#failures)
    this.#failures = Math.min(this.#failures + 1, MOST_DOUBLINGS)
    return (ceiling / 2) * (1 + random())
  }

  /** To be called after a try that worked. */
  reset(): void {
    this.#failures = 0
  }
}
