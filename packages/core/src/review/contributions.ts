import type { Database } from '../database/database.js'
import { parseDecision } from './contribution.js'
import { CONTRIBUTION_PREFIX, type Nomination } from './nomination.js'

/** A nomination that was decided on. */
export interface Contribution extends Nomination {
  readonly decision: 'accepted' | 'rejected'
  /** Of the nominated documents those that were taken over. */
  readonly merged: readonly string[]
  readonly reason: string
  /** The contributor's database: its id, and for a fork a dot and its `fork`. */
  readonly from: string
  /** The public key, base64url, of who nominated. */
  readonly contributor: string
  /** That of who decided; of a decision whose author is not known any more `''`. */
  readonly decidedBy: string
  /** Milliseconds since 1970 by the clock of who decided. */
  readonly decidedAt: number
}

/** What was accepted and what was rejected, by whom, when and why: in the order of the contributors' databases. */
export async function contributions<D extends object>(base: Database<D>): Promise<Contribution[]> {
  const { docs } = await base.allDocs({ prefix: CONTRIBUTION_PREFIX })
  const found: Contribution[] = []
  for (const doc of docs) {
    const decision = parseDecision(doc)
    if (decision === undefined) continue
    const { _id, nomination: id, ...rest } = decision
    const [version] = await base.history(_id, { limit: 1 }).toArray()
    found.push({ ...rest, id, decidedBy: version?.author ?? '', decidedAt: version?.time ?? 0 })
  }
  return found
}
