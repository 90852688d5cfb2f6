import type { Clock, HistoryCommit } from '@firekeep/core'

/** A moment of the past that is looked at. */
export interface Moment {
  readonly commit: HistoryCommit
  /** What reads go by. */
  readonly clock: Clock
  /** The commits that the moment does not hold: later ones, and those of others who were not connected. */
  readonly outside: ReadonlySet<string>
}

/** The moment right after a commit, among all that are known, oldest first. */
export function momentOf(commit: HistoryCommit, commits: readonly HistoryCommit[]): Moment {
  const inside = new Set(commit.clock)
  const outside = new Set<string>()
  for (const { clock, parents } of commits.toReversed()) {
    const isInside = clock.some(cid => inside.has(cid))
    if (isInside) for (const parent of parents.flat()) inside.add(parent)
    else for (const cid of clock) outside.add(cid)
  }
  return { commit, clock: commit.clock, outside }
}
