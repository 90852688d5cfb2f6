import type { Logger } from 'pino'
import { describeError } from './describe-error.js'
import type { LogName } from './log-name.js'
import type { Metrics } from './metrics.js'

export interface Collected {
  readonly removed: number
  readonly bytes: number
}

export interface GarbageTimerParts {
  readonly collect: (signal: AbortSignal) => Promise<Collected>
  /** Milliseconds between the end of one collection and the next. */
  readonly interval: number
  readonly logger: Logger
  readonly logName: LogName
  readonly metrics: Metrics
}

/** Removes blobs that nothing refers to any more, now and then. */
export class GarbageTimer {
  readonly #parts: GarbageTimerParts
  readonly #stopped = new AbortController()
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> = Promise.resolve()

  constructor(parts: GarbageTimerParts) {
    this.#parts = parts
  }

  start(): void {
    this.#timer = setTimeout(() => {
      this.#running = this.#collect().finally(() => {
        if (!this.#stopped.signal.aborted) this.start()
      })
    }, this.#parts.interval)
    this.#timer.unref()
  }

  /** Ends what runs, and waits for it. */
  async stop(): Promise<void> {
    this.#stopped.abort()
    clearTimeout(this.#timer)
    await this.#running
  }

  async #collect(): Promise<void> {
    const { collect, logger, logName, metrics } = this.#parts
    try {
      const { removed, bytes } = await collect(this.#stopped.signal)
      metrics.countEvent('blob-removed', removed)
      if (removed > 0) logger.info({ removed, bytes }, 'blobs were removed that nothing refers to')
    } catch (error) {
      if (this.#stopped.signal.aborted) return
      metrics.countEvent('collection-failed')
      // The next one tries again.
      logger.error({ error: describeError(error, logName) }, 'blobs could not be collected')
    }
  }
}
