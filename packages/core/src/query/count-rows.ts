import type { IndexSet } from '../index/index-set.js'
import { parseQuery } from './query-request.js'
import { readIndex } from './read-index.js'

/** How many rows a query would return, without reading them: O(log n) for each range. */
export async function countRows(indexes: IndexSet, index: unknown, options?: unknown): Promise<number> {
  const request = parseQuery(index, options)
  const { ranges, limit } = request.plan
  return readIndex(indexes, request, async snapshot => {
    let count = 0
    for (const range of ranges) {
      if (count >= limit) break
      count += await snapshot.count(range)
    }
    return Math.min(count, limit)
  })
}
