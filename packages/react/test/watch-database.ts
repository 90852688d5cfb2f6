import type { AnyDocument, Database, LiveConflicts } from '@firekeep/core'
import { createTestDatabase, type TestDatabaseOptions } from '@firekeep/core/testing'

export interface WatchedDatabase<D extends object = AnyDocument> {
  readonly database: Database<D>
  /** How many subscriptions, to changes and to live queries, are open now. */
  readonly open: () => number
  /** How many were ever opened. */
  readonly opened: () => number
}

const workByDatabase = new WeakMap<object, Work>()

/** A database in memory of which a test can tell when it has nothing left to do. */
export function createWatchedDatabase(options?: TestDatabaseOptions): Database {
  return watchDatabase(createTestDatabase(options)).database
}

/** Whether no call of a watched database is under way, and no live query loads. */
export function isIdle(database: object): boolean {
  return workByDatabase.get(database)?.count === 0
}

/** A database that counts who listens to it and what it is doing. */
export function watchDatabase<D extends object>(target: Database<D>): WatchedDatabase<D> {
  const work = new Work()
  const subscriptions = new Work()
  const subscribe: Database<D>['subscribe'] = listener => {
    const stop = target.subscribe(listener)
    const end = subscriptions.begin()
    return () => {
      end()
      stop()
    }
  }
  const live = (...query: Parameters<Database<D>['live']>) => {
    const found = target.live(...query)
    const follow = (listener: () => void) => {
      const end = subscriptions.begin()
      const loaded = work.begin()
      const look = () => {
        if (found.getSnapshot().status !== 'loading') loaded()
      }
      const stop = found.subscribe(() => {
        listener()
        look()
      })
      look()
      return () => {
        loaded()
        end()
        stop()
      }
    }
    return { ...found, subscribe: follow }
  }
  const conflicts: Database<D>['conflicts'] = () => {
    const listing = target.conflicts()
    return { ...listing, live: () => watchLiveConflicts(listing.live(), work, subscriptions) }
  }
  const history = (...query: Parameters<Database<D>['history']>) => {
    const listing = target.history(...query)
    const follow = (listener: () => void) => {
      const end = subscriptions.begin()
      const stop = listing.subscribe(listener)
      return () => {
        end()
        stop()
      }
    }
    return { ...listing, subscribe: follow, toArray: work.watch(() => listing.toArray()) }
  }
  const database = new Proxy(target, {
    get(_, name) {
      if (name === 'subscribe') return subscribe
      if (name === 'live') return live
      if (name === 'conflicts') return conflicts
      if (name === 'history') return history
      const member: unknown = Reflect.get(target, name)
      return typeof member === 'function' ? work.watch(member.bind(target)) : member
    },
  })
  workByDatabase.set(database, work)
  return { database, open: () => subscriptions.count, opened: () => subscriptions.begun }
}

function watchLiveConflicts<D extends object>(
  found: LiveConflicts<D>,
  work: Work,
  subscriptions: Work,
): LiveConflicts<D> {
  const subscribe = (listener: () => void) => {
    const end = subscriptions.begin()
    const loaded = work.begin()
    const look = () => {
      if (found.getSnapshot() !== undefined || found.getError() !== undefined) loaded()
    }
    const stop = found.subscribe(() => {
      listener()
      look()
    })
    look()
    return () => {
      loaded()
      end()
      stop()
    }
  }
  return { ...found, subscribe }
}

/** Counts what has begun and what has not ended yet. */
class Work {
  count = 0
  begun = 0

  begin(): () => void {
    this.count += 1
    this.begun += 1
    let hasEnded = false
    return () => {
      if (!hasEnded) this.count -= 1
      hasEnded = true
    }
  }

  watch(call: (...values: unknown[]) => unknown): (...values: unknown[]) => unknown {
    return (...values) => {
      const result = call(...values)
      if (result instanceof Promise) result.then(...both(this.begin()))
      return result
    }
  }
}

function both(task: () => void): [() => void, () => void] {
  return [task, task]
}
