import type { JobEnvironment } from './job-environment.js'

interface Observed {
  readonly token: string
  /** By the own clock: those of two machines are never compared. */
  readonly since: number
  readonly stop: AbortController
}

/** Claims of others, and since when each of them has not changed. */
export class ClaimWatch {
  readonly #environment: JobEnvironment
  readonly #onExpired: (id: string) => void
  readonly #observedById = new Map<string, Observed>()
  #isClosed = false

  /** `onExpired` hears of a claim that was not renewed for as long as it lasts. */
  constructor(environment: JobEnvironment, onExpired: (id: string) => void) {
    this.#environment = environment
    this.#onExpired = onExpired
  }

  /** Whether a claim has said the same for as long as it lasts. One that says something new is observed from now on. */
  isExpired(id: string, token: string, lease: number): boolean {
    const { now } = this.#environment
    const observed = this.#observedById.get(id)
    if (observed?.token === token) return now() - observed.since >= lease
    this.forget(id)
    if (this.#isClosed) return false
    const stop = new AbortController()
    this.#observedById.set(id, { token, since: now(), stop })
    void this.#wait(id, lease, stop.signal)
    return false
  }

  forget(id: string): void {
    this.#observedById.get(id)?.stop.abort()
    this.#observedById.delete(id)
  }

  /** Observes nothing from now on. */
  close(): void {
    this.#isClosed = true
    for (const id of [...this.#observedById.keys()]) this.forget(id)
  }

  async #wait(id: string, lease: number, signal: AbortSignal): Promise<void> {
    await this.#environment.delay(lease, signal)
    if (!signal.aborted) this.#onExpired(id)
  }
}
