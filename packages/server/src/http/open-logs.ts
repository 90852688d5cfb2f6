import type { Permission } from '@firekeep/core/protocol'
import { unauthorized } from '../auth/auth-error.js'
import { assertPermission } from '../auth/rights.js'
import type { Grant } from '../auth/token-verifier.js'
import { tooMuch } from '../limits/too-much.js'

/** A log that a connection may use. */
export interface OpenLog {
  readonly id: string
  readonly grant: Grant
  /** Whether nothing was in it when it was opened, and nothing was written over this connection since. */
  isEmpty: boolean
  /** Settles when the appends before are prepared: so they reach the engine in the order they came. */
  prepared: Promise<void>
}

/** The logs that a connection has opened, each until its token expires. */
export class OpenLogs {
  readonly #openById = new Map<string, OpenLog>()
  readonly #openingById = new Map<string, Promise<unknown>>()
  readonly #most: number
  readonly #now: () => number

  constructor({ most, now }: { most: number; now: () => number }) {
    this.#most = most
    this.#now = now
  }

  get size(): number {
    return this.#openById.size
  }

  /** Opens a log with what `open` answers; requests on that log wait for it. One that fails leaves what was open. */
  async open(id: string, open: () => Promise<OpenLog>): Promise<OpenLog> {
    const known = this.#openById.has(id) || this.#openingById.has(id)
    if (!known && this.#openById.size + this.#openingById.size >= this.#most) {
      throw tooMuch(`a connection has at most ${this.#most} logs open`)
    }
    const before = this.#openingById.get(id)
    const opening = (async () => {
      await before
      const log = await open()
      this.#openById.set(id, log)
      return log
    })()
    const settled = opening.catch(() => undefined)
    this.#openingById.set(id, settled)
    try {
      return await opening
    } finally {
      if (this.#openingById.get(id) === settled) this.#openingById.delete(id)
    }
  }

  /** The log, where it is open and its token gives the right; else `UNAUTHORIZED` or `FORBIDDEN`. */
  async use(id: string, needs: Permission): Promise<OpenLog> {
    const opening = this.#openingById.get(id)
    if (opening !== undefined) await opening
    const log = this.#openById.get(id)
    if (log === undefined || log.grant.expires <= this.#now()) throw unauthorized('the log is not open')
    assertPermission(log.grant.permission, needs)
    return log
  }

  /** Whether a log is open and its token holds, right now. */
  has(id: string): boolean {
    return (this.#openById.get(id)?.grant.expires ?? 0) > this.#now()
  }

  close(id: string): void {
    this.#openById.delete(id)
  }

  /** Closes the logs whose tokens have expired, and returns their ids. */
  takeExpired(): readonly string[] {
    const now = this.#now()
    const expired = [...this.#openById.values()]
      .filter(({ grant }) => grant.expires <= now)
      .map(({ id }) => id)
    for (const id of expired) this.#openById.delete(id)
    return expired
  }

  /** When the next token expires; `undefined` where no log is open. */
  nextExpiry(): number | undefined {
    let next: number | undefined
    for (const { grant } of this.#openById.values()) next = Math.min(next ?? grant.expires, grant.expires)
    return next
  }
}
