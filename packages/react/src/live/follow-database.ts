import type { Database } from '@firekeep/core'

export interface Follower {
  /** Reads what there is; called once at the start and once more after changes, never twice at a time. */
  readonly read: () => Promise<void>
  readonly failed: (error: unknown) => void
  /** What to read after, where it is not the changes of the database. */
  readonly subscribe?: (changed: () => void) => () => void
}

/**
 * Reads now and after every change of the database, until the returned function is called. Changes that come
 * while a read is under way make one more, however many they are.
 */
export function followDatabase(database: Database, { read, failed, subscribe }: Follower): () => void {
  let isLive = true
  let isReading = false
  let isBehind = false

  const catchUp = async (): Promise<void> => {
    isBehind = true
    if (isReading) return
    isReading = true
    while (isBehind && isLive) {
      isBehind = false
      await read().catch(error => {
        if (isLive) failed(error)
      })
    }
    isReading = false
  }

  try {
    // Before the first read, so that nothing falls between the two.
    const follow = subscribe ?? (changed => database.subscribe(changed))
    const stop = follow(() => void catchUp())
    void catchUp()
    return () => {
      isLive = false
      stop()
    }
  } catch (error) {
    failed(error)
    return () => undefined
  }
}
