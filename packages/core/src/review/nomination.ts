/** What a contributor offers: documents of his database, and what he says of them. */
export interface Nomination {
  readonly id: string
  /** The documents that he offers. */
  readonly ids: readonly string[]
  readonly title: string
  readonly note: string
}

/** What ids of nominations begin with, in the database of the contributor. */
export const NOMINATION_PREFIX = 'nomination:'
/** What ids of decisions begin with, in the database that is contributed to. */
export const CONTRIBUTION_PREFIX = 'contribution:'
const MAX_ID_LENGTH = 256

/**
 * The nomination that a document holds; `undefined` where it holds none, whoever wrote it. Nominations and decisions
 * themselves are not to be nominated: else a contributor could write decisions.
 */
export function parseNomination(doc: unknown): Nomination | undefined {
  if (typeof doc !== 'object' || doc === null) return undefined
  const { _id: id, ids, title, note } = doc as Readonly<Record<string, unknown>>
  if (typeof id !== 'string' || !id.startsWith(NOMINATION_PREFIX)) return undefined
  // The decision on it is named by it, and has to be writable once its documents were taken.
  if (id.length > MAX_ID_LENGTH) return undefined
  if (typeof title !== 'string' || typeof note !== 'string') return undefined
  if (!Array.isArray(ids) || ids.length === 0 || !ids.every(isOpenId)) return undefined
  return { id, ids: [...ids], title, note }
}

/** Whether a document with this id may be nominated. */
export function isOpenId(id: unknown): id is string {
  if (typeof id !== 'string') return false
  return !id.startsWith(NOMINATION_PREFIX) && !id.startsWith(CONTRIBUTION_PREFIX)
}
