import type { Database } from '../database/database.js'
import type { AnyDocument, Clock } from '../database/document-types.js'
import type { JobVersion } from './judge-versions.js'

/** What jobs take of a database. */
export type JobDatabase = Pick<
  Database<AnyDocument>,
  'allDocs' | 'conflicts' | 'find' | 'history' | 'put' | 'query' | 'resolve' | 'subscribe'
>

/** Leaves `resolve` without writing anything. */
class Nothing extends Error {}

/**
 * Shows all versions of a document to a function and writes what it answers in their place, in one step that no other tab or
 * process of this storage comes between; the function runs again where one did. `null` deletes. Answers the clock of what
 * was written, or `undefined` where the function wanted nothing written.
 */
export async function decide(
  db: Pick<JobDatabase, 'resolve'>,
  id: string,
  choose: (versions: readonly JobVersion[]) => AnyDocument | null | undefined,
): Promise<Clock | undefined> {
  const nothing = new Nothing()
  try {
    const { clock } = await db.resolve(id, versions => {
      const chosen = choose(versions as readonly JobVersion[])
      if (chosen === undefined) throw nothing
      return chosen && { ...chosen, _id: id }
    })
    return clock
  } catch (error) {
    if (error === nothing) return undefined
    throw error
  }
}

/** All versions of a document that nothing supersedes; the winner first. */
export async function readVersions(
  db: Pick<JobDatabase, 'resolve'>,
  id: string,
): Promise<readonly JobVersion[]> {
  let found: readonly JobVersion[] = []
  await decide(db, id, versions => {
    found = versions
    return undefined
  })
  return found
}
