import type { MaybePromise } from './maybe-promise.js'

/** How long work gives way to others: time and turns of the event loop, injected so that tests decide. */
export interface Pace {
  /** Milliseconds from any fixed moment. */
  now(): number
  /** Resolves after others had their turn. */
  pause(): Promise<void>
}

const SLICE_MILLISECONDS = 6

/** Work that gives way to others after some milliseconds, so that a long one does not freeze a page. */
export class TimeSlice {
  readonly #pace: Pace
  #end: number

  constructor(pace: Pace) {
    this.#pace = pace
    this.#end = pace.now() + SLICE_MILLISECONDS
  }

  /** To be awaited between small steps; answers at once while the slice lasts. */
  mayEnd(): MaybePromise<void> {
    if (this.#pace.now() < this.#end) return undefined
    return this.#pace.pause().then(() => {
      this.#end = this.#pace.now() + SLICE_MILLISECONDS
    })
  }
}
