import { reportUncaught } from '../primitives/emitter.js'
import type { Progress } from '../primitives/progress.js'
import { abortable } from './abortable.js'

/** What somebody who waits may bring along. */
export interface WaitOptions {
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((progress: Progress) => void) | undefined
}

/** Those who wait for one build: they hear how far it is, and it may stop when all of them have given up. */
export class Waiters {
  readonly #waiting = new Set<WaitOptions>()
  #isAbandoned = false

  /** Whether the last one who waited gave up, and nobody came since. */
  get isAbandoned(): boolean {
    return this.#isAbandoned
  }

  /** Resolves with the build; rejects with `ABORTED` as soon as the signal fires. */
  async wait(build: Promise<void>, options: WaitOptions): Promise<void> {
    const { signal } = options
    const waiting = { ...options }
    const giveUp = () => {
      this.#waiting.delete(waiting)
      if (this.#waiting.size === 0) this.#isAbandoned = true
    }
    this.#waiting.add(waiting)
    this.#isAbandoned = false
    signal?.addEventListener('abort', giveUp, { once: true })
    try {
      await abortable(() => build, signal)
    } finally {
      signal?.removeEventListener('abort', giveUp)
      this.#waiting.delete(waiting)
    }
  }

  /** A listener that throws is reported and stops nobody. */
  tell(progress: Progress): void {
    for (const { onProgress } of this.#waiting) {
      try {
        onProgress?.(progress)
      } catch (error) {
        reportUncaught(error)
      }
    }
  }
}
