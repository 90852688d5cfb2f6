import type { Database } from '../database/database.js'
import type { Clock } from '../database/document-types.js'
import { invalidOption } from '../query/invalid-option.js'
import { mustFindNomination } from './must-find-nomination.js'
import { recordDecision } from './record-decision.js'

/** Writes down that a nomination was not taken, and why; it stays listed among the contributions. Errors as of `review`. */
export async function reject<D extends object>(
  base: Database<D>,
  theirs: Database<D>,
  nominationId: string,
  reason: string,
): Promise<{ readonly clock: Clock }> {
  if (typeof reason !== 'string') throw invalidOption('reason', 'is text')
  const nomination = await mustFindNomination(theirs, nominationId, await theirs.clock())
  const outcome = { decision: 'rejected', merged: [], reason } as const
  const { clock } = await recordDecision(base, theirs, nomination, outcome)
  return { clock }
}
