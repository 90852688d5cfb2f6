import type { AnyDocument, Clock } from '../database/document-types.js'
import type { ClaimRecord } from './claim-record.js'
import { decide, type JobDatabase } from './decide.js'
import type { JobSpec } from './job-spec.js'
import { judgeVersions } from './judge-versions.js'

/** A claim as it was written. */
export interface Claim {
  readonly id: string
  readonly record: ClaimRecord & { readonly by: string }
  /** The document that it was written for, without the claim. */
  readonly content: AnyDocument
  /** Of the claim itself. */
  readonly clock: Clock
}

export interface ClaimParts {
  readonly db: JobDatabase
  readonly spec: JobSpec
  /** Who claims. */
  readonly by: string
  readonly lease: number
  /** Whether a claim that says this is to be taken over, as it said so for too long. */
  readonly isExpired: (token: string, lease: number) => boolean
}

/**
 * Claims a job, where it is one that nobody has: of the workers of one storage only one gets it. Answers `undefined`
 * where there is nothing to do. Claims that a result was written apart from are taken away.
 */
export async function claimJob(
  id: string,
  { db, spec, by, lease, isExpired }: ClaimParts,
): Promise<Claim | undefined> {
  let claim: Omit<Claim, 'clock'> | undefined
  const clock = await decide(db, id, versions => {
    claim = undefined
    const found = judgeVersions(versions, spec)
    if (found.kind === 'gone') return null
    if (found.kind === 'ended') return found.mended
    if (found.kind === 'none') return undefined
    if (found.kind === 'held' && !isExpired(found.token, found.lease ?? lease)) return undefined
    const { key, turn, attempt, failures } = found.before
    const record = { key, turn: turn + 1, by, attempt: attempt + 1, failures, lease }
    claim = { id, record, content: inState(found.content, spec, spec.running) }
    return withClaim(claim.content, record, spec)
  })
  return claim && clock && { ...claim, clock }
}

/** The document with another state, where jobs have one. */
export function inState(content: AnyDocument, { field }: JobSpec, state: unknown): AnyDocument {
  return state === undefined ? content : { ...content, [field]: state }
}

export function withClaim(content: AnyDocument, record: ClaimRecord, { claimField }: JobSpec): AnyDocument {
  return { ...content, [claimField]: record }
}
