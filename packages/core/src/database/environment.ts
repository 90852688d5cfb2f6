import type { FirekeepError } from '../errors.js'

/** What an engine takes from the platform, so that tests can decide it. */
export interface Environment {
  /** Milliseconds since 1970. */
  readonly now: () => number
  readonly random: (length: number) => Uint8Array
  /** Resolves after some milliseconds, or at once when the signal fires. */
  readonly delay: (milliseconds: number, signal?: AbortSignal) => Promise<void>
  /** Hears of commits and packs that were dropped. */
  readonly report: (error: FirekeepError) => void
}
