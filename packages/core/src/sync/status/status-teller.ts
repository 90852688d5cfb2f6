import { Emitter } from '../../primitives/emitter.js'
import type { StatusEvent } from './status-event.js'
import { advanceStatus } from './status-machine.js'
import { INITIAL_STATUS, type SyncStatus } from './sync-status.js'

/** What an exchange knows of the commits that the remote lacks. */
export interface CountedExchange {
  readonly acked: readonly { toString(): string }[]
  missing(): Promise<readonly unknown[]>
}

export interface StatusTellerParts {
  /** Hears of each status that this tab decided itself, for those that follow it. */
  readonly publish: (status: SyncStatus) => void
  readonly delay: (milliseconds: number, signal?: AbortSignal) => Promise<void>
  readonly signal: AbortSignal
}

/** How long a count may be behind while nothing is reached. */
const COUNT_MILLISECONDS = 250

/** Keeps the status of an attachment and tells of it. */
export class StatusTeller {
  readonly #parts: StatusTellerParts
  readonly #changes = new Emitter<SyncStatus>()
  #status: SyncStatus = INITIAL_STATUS
  /** Knows what waits to be sent, also when its session has ended. */
  #counted: CountedExchange | undefined
  #isCounting = false

  constructor(parts: StatusTellerParts) {
    this.#parts = parts
  }

  /** The same object while nothing changes. */
  get status(): SyncStatus {
    return this.#status
  }

  subscribe(listener: (status: SyncStatus) => void): () => void {
    return this.#changes.subscribe(listener)
  }

  tell(event: StatusEvent): void {
    this.show(advanceStatus(this.#status, event))
    this.#parts.publish(this.#status)
  }

  /** Takes over what another tab says. */
  show(status: SyncStatus): void {
    if (status === this.#status) return
    this.#status = status
    this.#changes.emit(status)
  }

  /** Everything was exchanged, so no reason to pause is left. */
  tellCaughtUp(): void {
    this.tell({ kind: 'caught-up' })
    for (const reason of this.#status.state === 'paused' ? this.#status.reasons : []) {
      this.tell({ kind: 'resumed', reason })
    }
    if (this.#status.state !== 'live') this.tell({ kind: 'caught-up' })
  }

  /** Counts by this exchange from now on. */
  countBy(exchange: CountedExchange): void {
    this.#counted = exchange
  }

  /** Counts what waits to be sent. What a count cannot read, the exchange cannot either: it is told there. */
  async count(): Promise<void> {
    const exchange = this.#counted
    const missing = await exchange?.missing().catch(() => undefined)
    if (exchange === undefined || missing === undefined) return
    this.tell({ kind: 'pending', count: missing.length })
    this.tell({ kind: 'acked', clock: exchange.acked.map(String) })
  }

  /** The same, now and then: each count walks through what waits. */
  async countSoon(): Promise<void> {
    if (this.#isCounting) return
    const { delay, signal } = this.#parts
    this.#isCounting = true
    await delay(COUNT_MILLISECONDS, signal)
    this.#isCounting = false
    if (!signal.aborted) await this.count()
  }
}
