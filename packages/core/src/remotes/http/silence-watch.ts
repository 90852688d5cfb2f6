import type { HttpPlatform } from './http-platform.js'

export interface SilenceWatchParts {
  readonly platform: HttpPlatform
  /** Whether anything is expected of the server. */
  isWaiting(): boolean
  /** What changes while something is under way that cannot be heard. */
  unsent(): number
  /** Asks the server for a sign of life. */
  probe(): void
  /** There was none. */
  onSilent(): void
}

const TICK = 15_000
/** After so long a silence the server is asked for a sign of life; after the second it is taken for lost. */
const PROBE_AFTER = 60_000
const LOST_AFTER = 75_000

/** Notices a connection that is dead without having ended: a page hears nothing of the server's pings. */
export class SilenceWatch {
  readonly #parts: SilenceWatchParts
  #heardAt: number
  #unsent = 0
  #hasProbed = false
  #cancel: () => void

  constructor(parts: SilenceWatchParts) {
    this.#parts = parts
    this.#heardAt = parts.platform.elapsed()
    this.#cancel = parts.platform.schedule(TICK, () => this.#tick())
  }

  /** To be called for each message. */
  heard(): void {
    this.#heardAt = this.#parts.platform.elapsed()
    this.#hasProbed = false
  }

  /** Asks for a sign of life now, as the platform says that the network is gone. */
  suspect(): void {
    this.#heardAt = Math.min(this.#heardAt, this.#parts.platform.elapsed() - PROBE_AFTER)
    this.#look()
  }

  stop(): void {
    this.#cancel()
  }

  #tick(): void {
    this.#cancel = this.#parts.platform.schedule(TICK, () => this.#tick())
    const unsent = this.#parts.unsent()
    if (!this.#parts.isWaiting() || unsent < this.#unsent) this.heard()
    this.#unsent = unsent
    this.#look()
  }

  #look(): void {
    const silence = this.#parts.platform.elapsed() - this.#heardAt
    if (silence >= LOST_AFTER) {
      this.stop()
      this.#parts.onSilent()
    } else if (silence >= PROBE_AFTER && !this.#hasProbed) {
      this.#hasProbed = true
      this.#parts.probe()
    }
  }
}
