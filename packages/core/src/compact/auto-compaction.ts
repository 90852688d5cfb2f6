import { hasErrorCode } from '../errors.js'
import type { Ledger } from '../ledger/ledger.js'
import type { View } from '../state/view.js'
import type { Compactor } from './compactor.js'

/** Contents after the snapshot are in memory, so that they are folded when they take more than this. */
const RECENT_BYTES = 4 * 1024 * 1024

export interface AutoCompactionParts {
  readonly ledger: Ledger
  readonly compactor: Compactor
  /** More commits after the snapshot than this are folded. */
  readonly limit: number
  /** Runs after each compaction. */
  readonly onCompacted: () => Promise<void>
  /** Hears why it could not be done. */
  readonly report: (error: unknown) => void
}

/**
 * Compacts in the background when there is enough to fold, and at once when a purging commit came in from
 * anywhere. What fails is tried again when as much again was written.
 */
export class AutoCompaction {
  readonly #parts: AutoCompactionParts
  readonly #stop = new AbortController()
  readonly #unsubscribe: () => void
  #running: Promise<void> | undefined
  #failedAt = 0

  constructor(parts: AutoCompactionParts) {
    this.#parts = parts
    this.#unsubscribe = parts.ledger.subscribe(({ view }) => this.#look(view))
    this.#look(parts.ledger.view)
  }

  /** Ends what is under way and waits for it. */
  async stop(): Promise<void> {
    this.#unsubscribe()
    this.#stop.abort()
    await this.#running
  }

  #look(view: View): void {
    if (this.#running !== undefined || this.#stop.signal.aborted || !this.#isDue(view)) return
    this.#running = this.#run().finally(() => {
      this.#running = undefined
      this.#look(this.#parts.ledger.view)
    })
  }

  #isDue({ commits, recentBytes, hasPurge }: View): boolean {
    const { limit } = this.#parts
    // Somebody else compacted since.
    if (commits.size < this.#failedAt - 1) this.#failedAt = 0
    if (commits.size - this.#failedAt > limit) return true
    return this.#failedAt === 0 && (hasPurge || (recentBytes > RECENT_BYTES && Number.isFinite(limit)))
  }

  async #run(): Promise<void> {
    const { compactor, ledger, onCompacted, report } = this.#parts
    try {
      await compactor.compact({ signal: this.#stop.signal })
      this.#failedAt = 0
      await onCompacted()
    } catch (error) {
      this.#failedAt = ledger.view.commits.size + 1
      const isExpected = ['ABORTED', 'CLOSED', 'QUOTA_EXCEEDED', 'STORAGE_FAILED'] as const
      if (!isExpected.some(code => hasErrorCode(error, code))) report(error)
    }
  }
}
