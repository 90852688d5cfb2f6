import { type FirekeepError, hasErrorCode } from '../errors.js'
import type { RemoteLog } from '../protocol/remote.js'
import type { Exchange } from './exchange.js'
import type { StatusEvent } from './status/status-event.js'

/** An open log of an attachment, before anything was exchanged. */
export interface SessionStart {
  readonly log: RemoteLog
  readonly signal: AbortSignal
  readonly tell: (event: StatusEvent) => void
}

/** What a task works with, while everything local is in the log and everything in the log is here. */
export interface CaughtUp extends SessionStart {
  readonly exchange: Exchange
  /** Runs a task while nothing is exchanged, and begins anew from what is stored then. */
  readonly whileStill: <T>(task: () => Promise<T>) => Promise<T>
}

export type UpkeepTask = (caughtUp: CaughtUp) => Promise<void>

/** What ends a task that is taken up again when everything was exchanged the next time. */
const PASSING = [
  'ABORTED',
  'CLOSED',
  'STALE',
  'REMOTE_UNAVAILABLE',
  'BLOCK_MISSING',
  'QUOTA_EXCEEDED',
] as const

/**
 * What is done for a remote behind the exchange, one task after the other: contents that were purged are taken out of
 * the log, snapshots are published, loaded and verified. Each task finds out by itself whether there is anything to do.
 */
export class Upkeep {
  readonly #tasks: readonly UpkeepTask[]
  readonly #report: (error: FirekeepError) => void
  #running: Promise<void> | undefined
  #due: CaughtUp | undefined

  constructor(tasks: readonly UpkeepTask[], report: (error: FirekeepError) => void) {
    this.#tasks = tasks
    this.#report = report
  }

  /** To be called whenever everything was exchanged. */
  run(caughtUp: CaughtUp): void {
    this.#due = caughtUp
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined
    })
  }

  /** Resolves when nothing is under way. */
  async settled(): Promise<void> {
    await this.#running
  }

  async #run(): Promise<void> {
    for (let caughtUp = this.#take(); caughtUp !== undefined; caughtUp = this.#take()) {
      for (const task of this.#tasks) {
        if (caughtUp.signal.aborted) break
        try {
          await task(caughtUp)
        } catch (error) {
          if (!isPassing(error)) this.#report(error as FirekeepError)
        }
      }
    }
  }

  #take(): CaughtUp | undefined {
    const due = this.#due
    this.#due = undefined
    return due
  }
}

function isPassing(error: unknown): boolean {
  if (PASSING.some(code => hasErrorCode(error, code))) return true
  // A remote that asks to come later; other limits stay.
  return hasErrorCode(error, 'LIMIT_EXCEEDED') && (error as FirekeepError).details.retryAfter !== undefined
}
