import type { IndexSet } from '../index/index-set.js'
import { parseQuery } from './query-request.js'

/** How many rows a query would return, without reading them: O(log n) for each range. */
export async function countRows(indexes: IndexSet, index: unknown, options?: unknown): Promise<number> {
  const { definition, plan } = parseQuery(index, options)
  const shared = indexes.acquire(definition)
  try {
    await shared.ready(definition)
    const { entries } = shared.read()
    let count = 0
    for (const range of plan.ranges) count += entries.count(range)
    return Math.min(count, plan.limit)
  } finally {
    indexes.release(shared)
  }
}
