import type { Database } from '../database/database.js'
import type { Changed, Clock } from '../database/document-types.js'
import type { Difference } from '../database/fork/fork-types.js'
import { differingFields } from '../primitives/differing-fields.js'
import { mustFindNomination } from './must-find-nomination.js'
import type { Nomination } from './nomination.js'

/** What a nomination would change. */
export interface Review<D> {
  readonly nomination: Nomination
  /** Seen from the database that is contributed to; a document that is the same in both is not among them. */
  readonly differences: readonly Difference<D>[]
  /** The moment of the contributor's database that was looked at: give it to `accept`, so that it takes what was reviewed. */
  readonly clock: Clock
}

/**
 * What accepting a nomination would change in `base`, as things are now. The contributor's database is one opened by a
 * link, or another one on this device. It reads the documents that were nominated and no others.
 *
 * `NOT_FOUND` where there is no such nomination, `INVALID_DOCUMENT` where it is none.
 */
export async function review<D extends object>(
  base: Database<D>,
  theirs: Database<D>,
  nominationId: string,
): Promise<Review<D>> {
  const clock = await theirs.clock()
  const nomination = await mustFindNomination(theirs, nominationId, clock)
  const differences: Difference<D>[] = []
  for (const id of [...nomination.ids].sort()) {
    const mine = await base.find(id)
    const other = await theirs.find(id, { asOf: clock })
    const difference = compare(id, mine, other)
    if (difference !== undefined) differences.push(difference)
  }
  return { nomination, differences, clock }
}

function compare<D extends object>(
  id: string,
  mine: Changed<D> | undefined,
  theirs: Changed<D> | undefined,
): Difference<D> | undefined {
  if (mine === undefined && theirs === undefined) return undefined
  if (mine === undefined) return { id, kind: 'added', mine, theirs, fields: [] }
  if (theirs === undefined) return { id, kind: 'deleted', mine, theirs, fields: [] }
  const fields = differingFields(mine, theirs)
  return fields.length === 0 ? undefined : { id, kind: 'changed', mine, theirs, fields }
}
