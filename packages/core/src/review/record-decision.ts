import type { Database } from '../database/database.js'
import { type DecisionDocument, decisionId } from './contribution.js'
import type { Nomination } from './nomination.js'

type Outcome = Pick<DecisionDocument, 'decision' | 'merged' | 'reason'>

/** Writes down what became of a nomination; a later decision supersedes an earlier one, and the history keeps both. */
export async function recordDecision<D extends object>(
  base: Database<D>,
  theirs: Database<D>,
  { id, ...nomination }: Nomination,
  outcome: Outcome,
) {
  const { database, fork } = await theirs.identity()
  const from = fork === undefined ? database : `${database}.${fork}`
  const [version] = await theirs.history(id, { limit: 1 }).toArray()
  const contributor = version?.author ?? ''
  const doc = { _id: decisionId(from, id), nomination: id, from, contributor, ...nomination, ...outcome }
  return (base as unknown as Database).put(doc)
}
