import type { Clock } from '../database/document-types.js'
import type { Attachment } from '../database/sync/attach-types.js'
import type { Claim } from './claim-job.js'
import { readClaim } from './claim-record.js'
import { type JobDatabase, readVersions } from './decide.js'
import type { JobSpec } from './job-spec.js'
import { type JudgedVersion, judge } from './judge-versions.js'

export interface OwnershipParts {
  readonly db: JobDatabase
  readonly spec: JobSpec
  /** Says which claim stands first in the log. */
  readonly attachment: Pick<Attachment, 'firstOf'>
}

/**
 * Whether a claim is the one that counts, by all that was read. The greater turn counts: it was written by somebody whose turn
 * before was confirmed. Of equal ones that were written apart the first in the log counts. `undefined` where the log does
 * not say yet.
 */
export async function ownsClaim(
  { id, record, clock }: Claim,
  { db, spec, attachment }: OwnershipParts,
): Promise<boolean | undefined> {
  const versions = (await readVersions(db, id)).map(version => judge(version, spec))
  const claimed = versions.filter(({ phase }) => phase === 'claimed')
  if (!claimed.some(({ claim }) => claim?.by === record.by)) return false
  if (versions.some(({ phase, claim }) => phase === 'ended' && claim?.key === record.key)) return false
  const rivals = claimed.filter(({ claim }) => claim !== undefined && claim.by !== record.by)
  const turnOf = (rival: JudgedVersion) => rival.claim?.turn ?? 0
  if (rivals.some(rival => turnOf(rival) > record.turn)) return false
  const equals = rivals.filter(rival => turnOf(rival) === record.turn)
  if (equals.length === 0) return true
  const clocks = await Promise.all(equals.map(rival => writtenAt(id, rival, { db, spec })))
  const first = await attachment.firstOf([clock, ...clocks])
  return first === undefined ? undefined : first === 0
}

/** When a claim was written; somebody may have edited the document on top of it. */
async function writtenAt(
  id: string,
  { claim, clock }: JudgedVersion,
  { db, spec }: Pick<OwnershipParts, 'db' | 'spec'>,
): Promise<Clock> {
  let oldest = clock
  for await (const version of db.history(id)) {
    const before = readClaim((version.doc as Record<string, unknown> | undefined)?.[spec.claimField])
    if (before !== undefined && before.by === claim?.by && before.turn === claim?.turn) oldest = version.clock
  }
  return oldest
}
