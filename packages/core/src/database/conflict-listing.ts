import { type ConflictRecord, listConflicts } from '../query/list-conflicts.js'
import type { Engine } from './engine.js'

/** Conflicts one by one, or all of them. */
export type ConflictListing = AsyncIterable<ConflictRecord> & { toArray(): Promise<ConflictRecord[]> }

export function conflictListing(engine: Engine): ConflictListing {
  return {
    async *[Symbol.asyncIterator]() {
      yield* listConflicts(await engine.view())
    },
    toArray: async () =>
      engine.read(async view => {
        const conflicts: ConflictRecord[] = []
        for await (const conflict of listConflicts(view)) conflicts.push(conflict)
        return conflicts
      }),
  }
}
