import type { PlainDocument } from '../../state/stored-document.js'
import type { Engine } from '../engine.js'
import type { Listing } from '../history/history-types.js'
import type { Difference } from './fork-types.js'

/** What another database has otherwise; each iteration reads both anew. */
export function diffListing(engine: Engine, other: unknown): Listing<Difference<PlainDocument>> {
  async function* iterate() {
    const { VERSIONS_PART } = await import('../versions-part.js')
    yield* VERSIONS_PART.diffDatabases(engine, other)
  }
  return {
    [Symbol.asyncIterator]: iterate,
    toArray: async () => {
      const differences = []
      for await (const difference of iterate()) differences.push(difference)
      return differences
    },
  }
}
