import type { IndexSnapshot } from '../index/index-snapshot.js'

/** The index of one moment, and what changed until then; all of it where `ids` is left out. */
export interface LiveJob {
  readonly snapshot: IndexSnapshot
  readonly ids: ReadonlySet<string> | undefined
}

/**
 * Both in one step, to the later moment. Where the index was folded in between, what changed first is in the stored
 * part now, not in memory: all is read anew then.
 */
export function joinLiveJobs(first: LiveJob, second: LiveJob): LiveJob {
  const { snapshot } = second
  if (first.ids === undefined || second.ids === undefined || first.snapshot.base !== snapshot.base) {
    return { snapshot, ids: undefined }
  }
  return { snapshot, ids: new Set([...first.ids, ...second.ids]) }
}
