import type { TabLockOptions, TabLocks } from './tab-platform.js'

/** A lock that this tab was given. */
export interface HeldLock {
  /** Gives it back. */
  release(): void
  /** Resolves when it is no longer held, because it was given back or stolen. */
  readonly ended: Promise<void>
}

/** Resolves when the lock is given to us; rejects when the signal fires before. */
export function takeLock(locks: TabLocks, name: string, options: TabLockOptions): Promise<HeldLock> {
  return new Promise((resolve, reject) => {
    const hold = () =>
      new Promise<void>(release => {
        // Called in a turn of its own, so `ended` is there.
        resolve({ release, ended })
      })
    const request = locks.request(name, options, hold)
    const ended = request.catch(() => undefined)
    request.catch(reject)
  })
}
