import type { IndexRow } from '../index/index-entry.js'
import type { IndexSnapshot } from '../index/index-snapshot.js'
import { type MaybePromise, whenReady } from '../primitives/maybe-promise.js'
import type { KeyWalk } from '../primitives/ordered-map.js'
import type { ReadPlan } from './read-plan.js'

/**
 * The rows a plan asks for, in its order, with their documents if these are wanted; at once where all of it is in
 * memory. Reads no more pages than the rows lie in.
 */
export function readRows(
  snapshot: IndexSnapshot,
  plan: ReadPlan,
  withDocuments: boolean,
): MaybePromise<readonly IndexRow[]> {
  const rows: IndexRow[] = []
  const take = (row: IndexRow) => rows.push(row) < plan.limit
  const done = plan.limit === 0 ? undefined : readRanges(snapshot, plan, take)
  return whenReady(done, () => (withDocuments ? snapshot.withDocuments(rows) : rows))
}

function readRanges(
  snapshot: IndexSnapshot,
  { ranges, reverse }: ReadPlan,
  take: (row: IndexRow) => boolean,
): MaybePromise<void> {
  const walks = (reverse ? ranges.toReversed() : ranges).map(range => ({ ...range, reverse }))
  for (let i = 0; i < walks.length; i += 1) {
    const goesOn = snapshot.read(walks[i] as KeyWalk, take)
    if (goesOn instanceof Promise) return readOn(goesOn, walks.slice(i + 1))
    if (!goesOn) return
  }

  async function readOn(first: Promise<boolean>, rest: readonly KeyWalk[]): Promise<void> {
    let goesOn = await first
    for (const walk of rest) {
      if (!goesOn) return
      goesOn = await snapshot.read(walk, take)
    }
  }
}
