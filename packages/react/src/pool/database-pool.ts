import type { Database } from '@firekeep/core'
import { fingerprint } from '../source/fingerprint.js'
import { Source } from '../source/source.js'

/** How long a database without users stays open: longer than a remount or a change of route takes. */
export const RELEASE_AFTER = 5_000

export interface DatabasePoolParts<Options> {
  readonly open: (name: string, options: Options | undefined) => Database
  readonly isClosed: (database: Database) => boolean
  /** Runs `task` after so many milliseconds; returns what prevents it. */
  readonly schedule: (task: () => void, milliseconds: number) => () => void
}

/**
 * The databases that components opened by name, shared and released some seconds after the last one is gone.
 *
 * A database that is only rendered with is held weakly: a render may be thrown away, and says so to nobody. It
 * is lazy, so until it is used there is nothing to close.
 */
export class DatabasePool<Options extends object> {
  readonly #parts: DatabasePoolParts<Options>
  readonly #rendered = new Map<string, WeakRef<Database>>()
  readonly #mounted = new Map<string, Lease>()

  constructor(parts: DatabasePoolParts<Options>) {
    this.#parts = parts
  }

  /** The database of this name and these options, as a component reads it: it is in use while it is listened to. */
  sourceOf(name: string, options: Options | undefined): Source<Database> {
    const key = fingerprint([name, options])
    const source: Source<Database> = new Source<Database>(this.#databaseOf(key, name, options), publish => {
      const lease = this.#retain(key, name, options)
      // Another one than at the render, where that was released while the component was hidden.
      publish(lease.database)
      return () => this.#release(key, lease)
    })
    return source
  }

  #databaseOf(key: string, name: string, options: Options | undefined): Database {
    const known = this.#mounted.get(key)?.database ?? this.#rendered.get(key)?.deref()
    // Somebody may have destroyed it; who comes after that gets a new one.
    if (known !== undefined && !this.#parts.isClosed(known)) return known
    const database = this.#parts.open(name, options)
    this.#forgetUnused()
    this.#rendered.set(key, new WeakRef(database))
    return database
  }

  #forgetUnused(): void {
    for (const [key, reference] of this.#rendered) {
      if (reference.deref() === undefined) this.#rendered.delete(key)
    }
  }

  #retain(key: string, name: string, options: Options | undefined): Lease {
    const database = this.#databaseOf(key, name, options)
    const known = this.#mounted.get(key)
    const lease = known?.database === database ? known : { database, users: 0, keep: undefined }
    this.#mounted.set(key, lease)
    lease.keep?.()
    lease.keep = undefined
    lease.users += 1
    return lease
  }

  #release(key: string, lease: Lease): void {
    lease.users -= 1
    if (lease.users === 0) lease.keep = this.#parts.schedule(() => this.#close(key, lease), RELEASE_AFTER)
  }

  #close(key: string, lease: Lease): void {
    if (this.#mounted.get(key) === lease) this.#mounted.delete(key)
    if (this.#rendered.get(key)?.deref() === lease.database) this.#rendered.delete(key)
    // Nobody is left to hear of a failure, so it surfaces as an uncaught one.
    void lease.database.close()
  }
}

interface Lease {
  readonly database: Database
  users: number
  /** Prevents the release that is due. */
  keep: (() => void) | undefined
}
