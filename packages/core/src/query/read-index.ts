import { hasErrorCode } from '../errors.js'
import { abortable } from '../index/abortable.js'
import { DamagedIndex } from '../index/damaged-index.js'
import type { IndexSet } from '../index/index-set.js'
import type { IndexSnapshot } from '../index/index-snapshot.js'
import type { SharedIndex } from '../index/shared-index.js'
import type { MaybePromise } from '../primitives/maybe-promise.js'
import type { QueryRequest } from './query-request.js'

/** Reads that fail because a page is gone or damaged are made again on what there is then, this many times in all. */
const ATTEMPTS = 4

/**
 * Answers from an index, which is loaded or built at first use and held meanwhile. Where a stored page turns out to be
 * damaged or gone, the index is made anew and `read` runs again: an answer is right, or an error.
 */
export function readIndex<T>(
  indexes: IndexSet,
  request: QueryRequest,
  read: (snapshot: IndexSnapshot) => MaybePromise<T>,
): Promise<T> {
  return abortable(() => answer(indexes, request, read), request.wait.signal)
}

async function answer<T>(
  indexes: IndexSet,
  { definition, wait, asOf }: QueryRequest,
  read: (snapshot: IndexSnapshot) => MaybePromise<T>,
): Promise<T> {
  const shared = indexes.acquire(definition)
  try {
    for (let attempt = 1; ; attempt += 1) {
      await shared.ready(definition, wait)
      const snapshot = shared.read()
      try {
        if (snapshot === undefined) continue
        // In the turn in which the index was read: what is laid over it must be of its moment.
        return await read(asOf === undefined ? snapshot : await indexes.at(snapshot, definition, asOf))
      } catch (error) {
        if (attempt === ATTEMPTS || !isWorthAnotherRead(shared, error)) throw error
      }
    }
  } finally {
    indexes.release(shared)
  }
}

/** A block may also be missing of a document whose pack was dropped after the read began (L6). */
function isWorthAnotherRead(shared: SharedIndex, error: unknown): boolean {
  if (error instanceof DamagedIndex) shared.recover(error.base)
  return error instanceof DamagedIndex || hasErrorCode(error, 'BLOCK_MISSING')
}
