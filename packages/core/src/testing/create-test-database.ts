import type { Database } from '../database/database.js'
import type { AnyDocument } from '../database/document-types.js'
import { openDatabase } from '../database/firekeep.js'
import type { FirekeepOptions } from '../database/options.js'
import type { FirekeepError } from '../errors.js'
import { delay } from '../primitives/delay.js'
import { reportUncaught } from '../primitives/emitter.js'
import { createMemorySpace } from '../storage/memory-storage.js'
import type { StorageSpace } from '../storage/storage.js'
import { seededRandom } from './seeded-random.js'

export interface TestDatabaseOptions {
  /** Default `'test'`. */
  readonly name?: string
  /** Give two databases the same space and name to have two handles on one; another space is another device. */
  readonly storage?: StorageSpace
  readonly key?: FirekeepOptions['key']
  /** Databases of one seed make the same ids, keys and times, as long as their calls are the same. Default 1. */
  readonly seed?: number
  /** Hears of commits and packs that were dropped. Default: they are uncaught errors. */
  readonly report?: (error: FirekeepError) => void
}

/**
 * A database in memory with keys, ids and times that are the same in every run. Close it when done; nothing
 * outlives its space.
 *
 * @example
 * ```ts
 * const db = createTestDatabase<Task>()
 * await db.put({ _id: 'a', state: 'open' })
 * ```
 */
export function createTestDatabase<D extends object = AnyDocument>(
  options: TestDatabaseOptions = {},
): Database<D> {
  const { name = 'test', storage = createMemorySpace(), key, seed = 1, report = reportUncaught } = options
  let time = Date.UTC(2026, 0, 1)
  return openDatabase<D>(
    name,
    { storage, ...(key !== undefined && { key }) },
    {
      now: () => ++time,
      random: seededRandom(seed),
      delay,
      report,
    },
  )
}
