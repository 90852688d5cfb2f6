import { hasErrorCode } from '../errors.js'
import type { Ledger } from '../ledger/ledger.js'
import type { View } from '../state/view.js'
import { type Compactor, GRACE_MILLISECONDS } from './compactor.js'

/** Contents after the snapshot are in memory, so that they are folded when they take more than this. */
const RECENT_BYTES = 4 * 1024 * 1024

export interface AutoCompactionParts {
  readonly ledger: Ledger
  readonly compactor: Compactor
  /** More commits after the snapshot than this are folded. */
  readonly limit: number
  /** Resolves after some milliseconds, or at once when the signal fires. */
  readonly delay: (milliseconds: number, signal: AbortSignal) => Promise<void>
  /** Runs after each compaction. */
  readonly onCompacted: () => Promise<void>
  /** Hears why it could not be done. */
  readonly report: (error: unknown) => void
}

/**
 * Compacts in the background when there is enough to fold, and at once when a purging commit came in from
 * anywhere. What fails is tried again when as much again was written. Packs that were replaced are dropped when
 * their time is over, also where nothing is written any more.
 */
export class AutoCompaction {
  readonly #parts: AutoCompactionParts
  readonly #stop = new AbortController()
  readonly #unsubscribe: () => void
  #running: Promise<void> | undefined
  #isDropDue = false
  #failedAt = 0

  constructor(parts: AutoCompactionParts) {
    this.#parts = parts
    this.#unsubscribe = parts.ledger.subscribe(
      ({ view }) => this.#look(view),
      () => false,
    )
    this.#look(parts.ledger.view)
    const snapshots = parts.ledger.store?.records.snapshots.values() ?? []
    if ([...snapshots].some(({ replaced }) => replaced.length > 0)) this.#dropLater()
  }

  /** Ends what is under way and waits for it. */
  async stop(): Promise<void> {
    this.#unsubscribe()
    this.#stop.abort()
    await this.#running
  }

  #dropLater(): void {
    if (this.#isDropDue || !Number.isFinite(this.#parts.limit)) return
    this.#isDropDue = true
    const { signal } = this.#stop
    void this.#parts.delay(GRACE_MILLISECONDS, signal).then(() => {
      this.#isDropDue = false
      if (!signal.aborted && this.#running === undefined) this.#start()
    })
  }

  #look(view: View): void {
    if (this.#running === undefined && !this.#stop.signal.aborted && this.#isDue(view)) this.#start()
  }

  #start(): void {
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
      const { packsReplaced } = await compactor.compact({ signal: this.#stop.signal })
      if (packsReplaced > 0) this.#dropLater()
      this.#failedAt = 0
      await onCompacted()
    } catch (error) {
      this.#failedAt = ledger.view.commits.size + 1
      const isExpected = [
        'ABORTED',
        'CLOSED',
        'QUOTA_EXCEEDED',
        'REMOTE_UNAVAILABLE',
        'STORAGE_FAILED',
      ] as const
      if (!isExpected.some(code => hasErrorCode(error, code))) report(error)
    }
  }
}
