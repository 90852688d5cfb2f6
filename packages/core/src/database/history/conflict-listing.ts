import type { PlainDocument } from '../../state/stored-document.js'
import type { Engine } from '../engine.js'
import type { ConflictListing } from './conflict-types.js'
import { liveConflicts } from './live-conflicts.js'

/** The conflicts of a database; `endWithHandle` ends what follows them when the handle is closed. */
export function conflictListing(
  engine: Engine,
  endWithHandle: (end: () => void) => () => void,
): ConflictListing<PlainDocument> {
  async function* iterate() {
    const { VERSIONS_PART } = await import('../versions-part.js')
    yield* VERSIONS_PART.readConflicts(engine)
  }
  return {
    [Symbol.asyncIterator]: iterate,
    toArray: async () => {
      const conflicts = []
      for await (const conflict of iterate()) conflicts.push(conflict)
      return conflicts
    },
    live: () => liveConflicts(engine, endWithHandle),
  }
}
