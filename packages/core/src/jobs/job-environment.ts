import { delay } from '../primitives/delay.js'

/** What jobs take from the platform, so that tests can decide it. */
export interface JobEnvironment {
  /** Milliseconds on a clock that only goes forward. */
  readonly now: () => number
  /** Resolves after some milliseconds, or at once when the signal fires. */
  readonly delay: (milliseconds: number, signal?: AbortSignal) => Promise<void>
  /** A number from 0 to below 1. */
  readonly random: () => number
}

export const PLATFORM: JobEnvironment = { now: () => performance.now(), delay, random: Math.random }
