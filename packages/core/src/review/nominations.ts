import type { Database } from '../database/database.js'
import { NOMINATION_PREFIX, type Nomination, parseNomination } from './nomination.js'

/** What is offered in a database, oldest first. What merely looks like a nomination is left out. */
export async function nominations<D extends object>(db: Database<D>): Promise<Nomination[]> {
  const { docs } = await db.allDocs({ prefix: NOMINATION_PREFIX })
  return docs.flatMap(doc => parseNomination(doc) ?? [])
}
