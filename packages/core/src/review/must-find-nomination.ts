import type { Database } from '../database/database.js'
import type { Clock } from '../database/document-types.js'
import { FirekeepError } from '../errors.js'
import { type Nomination, parseNomination } from './nomination.js'

/** A nomination as it was at a moment. `NOT_FOUND` where there is none, `INVALID_DOCUMENT` for what is not one. */
export async function mustFindNomination<D extends object>(
  theirs: Database<D>,
  id: string,
  asOf: Clock,
): Promise<Nomination> {
  const nomination = parseNomination(await theirs.get(id, { asOf }))
  if (nomination !== undefined) return nomination
  throw new FirekeepError('INVALID_DOCUMENT', `document ${JSON.stringify(id)} is no nomination`, {
    details: { id },
  })
}
