import type { Database, FirekeepError } from '@firekeep/core'
import { fingerprint } from '../source/fingerprint.js'
import { Source } from '../source/source.js'
import { toError } from '../source/to-error.js'
import { RELEASE_AFTER } from './database-pool.js'

/** How it stands with a link: one object until that changes. */
export interface LinkSnapshot {
  readonly database: Database | undefined
  readonly error: FirekeepError | undefined
}

export interface LinkPoolParts<Options> {
  readonly open: (link: string, options: Options | undefined) => Promise<Database>
  readonly isClosed: (database: Database) => boolean
  /** Runs `task` after so many milliseconds; returns what prevents it. */
  readonly schedule: (task: () => void, milliseconds: number) => () => void
}

/** Before a link is open, and on a server. */
export const OPENING: LinkSnapshot = Object.freeze({ database: undefined, error: undefined })

/**
 * The databases that components opened by link, shared and released some seconds after the last one is gone.
 *
 * Opening begins when the first of them is mounted, not while rendering. A link that could not be opened is tried
 * again by who comes when nobody is left.
 */
export class LinkPool<Options extends object> {
  readonly #parts: LinkPoolParts<Options>
  readonly #leases = new Map<string, Lease>()

  constructor(parts: LinkPoolParts<Options>) {
    this.#parts = parts
  }

  /** A link as a component reads it: it is in use while it is listened to. */
  sourceOf(link: string, options: Options | undefined): Source<LinkSnapshot> {
    const key = fingerprint([link, options])
    const source = new Source<LinkSnapshot>(OPENING, publish => {
      const lease = this.#retain(key, link, options)
      publish(lease.snapshot)
      lease.listeners.add(publish)
      return () => {
        lease.listeners.delete(publish)
        this.#release(key, lease)
      }
    })
    const known = this.#leases.get(key)
    // Who comes second shows it at once, without a moment in which it is not there.
    if (known !== undefined && this.#isUsable(known)) source.publish(known.snapshot)
    return source
  }

  #retain(key: string, link: string, options: Options | undefined): Lease {
    const known = this.#leases.get(key)
    const lease = known !== undefined && this.#isUsable(known) ? known : this.#open(key, link, options)
    lease.keep?.()
    lease.keep = undefined
    lease.users += 1
    return lease
  }

  /** Somebody may have destroyed it, or it failed and nobody is left who shows that. */
  #isUsable({ snapshot: { database, error }, users }: Lease): boolean {
    if (database !== undefined) return !this.#parts.isClosed(database)
    return error === undefined || users > 0
  }

  #open(key: string, link: string, options: Options | undefined): Lease {
    const opening = this.#parts.open(link, options)
    const lease: Lease = { opening, snapshot: OPENING, users: 0, listeners: new Set(), keep: undefined }
    const show = (snapshot: LinkSnapshot) => {
      lease.snapshot = Object.freeze(snapshot)
      for (const listener of [...lease.listeners]) listener(lease.snapshot)
    }
    opening.then(
      database => show({ database, error: undefined }),
      error => show({ database: undefined, error: toError(error) }),
    )
    this.#leases.set(key, lease)
    return lease
  }

  #release(key: string, lease: Lease): void {
    lease.users -= 1
    if (lease.users === 0) lease.keep = this.#parts.schedule(() => this.#close(key, lease), RELEASE_AFTER)
  }

  #close(key: string, lease: Lease): void {
    if (this.#leases.get(key) === lease) this.#leases.delete(key)
    // Its failure to open was shown; one to close surfaces as an uncaught error, as nobody is left to hear of it.
    void lease.opening.then(
      database => database.close(),
      () => undefined,
    )
  }
}

interface Lease {
  readonly opening: Promise<Database>
  readonly listeners: Set<(snapshot: LinkSnapshot) => void>
  snapshot: LinkSnapshot
  users: number
  /** Prevents the release that is due. */
  keep: (() => void) | undefined
}
