import { digestName } from '../crypto/digest-name.js'
import type { AnyDocument, Clock } from '../database/document-types.js'
import type { ClaimRecord } from './claim-record.js'
import { claimOf, type JobPhase, type JobSpec, phaseOf } from './job-spec.js'
import { changedFields, contentOf, isSameContent, isSameField } from './merge-edits.js'

/** One of the versions of a document that nothing supersedes. */
export interface JobVersion {
  readonly doc: AnyDocument
  readonly clock: Clock
}

/** A version and what it is to a worker. */
export interface JudgedVersion extends JobVersion {
  readonly phase: JobPhase
  readonly claim: ClaimRecord | undefined
}

/** What its versions, all together, say of a job. */
export type Judgement =
  /** It may be claimed: with this content, and what is known of those who had it before. */
  | { readonly kind: 'open'; readonly content: AnyDocument; readonly before: Before }
  /** Somebody has it. Once the claim lasted too long without a change, it may be claimed all the same. */
  | {
      readonly kind: 'held'
      readonly content: AnyDocument
      readonly before: Before
      readonly token: string
      readonly lease: number | undefined
    }
  /** Its result is stored; `mended` is the document without the claims and requests that came apart from it, where they hold nothing else. */
  | { readonly kind: 'ended'; readonly mended: AnyDocument | undefined }
  /** Somebody deleted it while it was claimed: the deletion counts. */
  | { readonly kind: 'gone' }
  /** Deleted, no job, or written apart so that a person must decide. */
  | { readonly kind: 'none' }

/** What a new claim carries on. */
export interface Before {
  readonly key: string
  readonly turn: number
  readonly attempt: number
  readonly failures: number
}

export function judgeVersions(versions: readonly JobVersion[], spec: JobSpec): Judgement {
  const all = versions.map(version => judge(version, spec))
  const live = all.filter(({ phase }) => phase !== 'deleted')
  const winner = live[0]
  if (winner === undefined) return { kind: 'none' }
  const ended = live.filter(({ phase }) => phase === 'ended')
  if (ended.length > 0) return { kind: 'ended', mended: mended(ended, live, spec) }
  if (live.some(({ phase }) => phase === 'other')) return { kind: 'none' }
  const open = live.filter(({ phase }) => phase === 'open')
  const claimed = live.filter(({ phase }) => phase === 'claimed')
  if (open.length === 0 && live.length < all.length) return { kind: 'gone' }
  // A claim changes nothing else, so what was written apart from it is what counts.
  const basis = (open.length > 0 ? open : claimed) as [JudgedVersion, ...JudgedVersion[]]
  const [first, ...others] = basis
  if (!others.every(({ doc }) => isSameContent(doc, first.doc, spec))) return { kind: 'none' }
  const content = contentOf(first.doc, spec)
  const before = beforeOf(all, first)
  if (claimed.length === 0) return { kind: 'open', content, before }
  const lease = Math.max(0, ...claimed.map(({ claim }) => claim?.lease ?? 0))
  return { kind: 'held', content, before, token: tokenOf(claimed), lease: lease || undefined }
}

export function judge({ doc, clock }: JobVersion, spec: JobSpec): JudgedVersion {
  return { doc, clock, phase: phaseOf(doc, spec), claim: claimOf(doc, spec) }
}

/** What changes when the holder shows that he is alive, and does not when somebody else edits the document. */
function tokenOf(claimed: readonly JudgedVersion[]): string {
  const top = Math.max(0, ...claimed.map(({ claim }) => claim?.turn ?? 0))
  const tops = claimed.filter(({ claim }) => (claim?.turn ?? 0) === top)
  return tops
    .map(({ claim, clock }) => `${top} ${claim?.by ?? clock}`)
    .sort()
    .join()
}

function beforeOf(versions: readonly JudgedVersion[], first: JudgedVersion): Before {
  const claims = versions.flatMap(({ claim }) => (claim === undefined ? [] : [claim]))
  const turn = Math.max(0, ...claims.map(claim => claim.turn))
  const unfinished = claims.filter(claim => claim.ended === undefined).sort((a, b) => b.turn - a.turn)[0]
  // Claims that were written apart take the same version, so they have the same key. A commit may hold many jobs.
  const key = unfinished?.key ?? digestName(`${first.clock.join()} ${first.doc._id}`)
  return { key, turn, attempt: unfinished?.attempt ?? 0, failures: unfinished?.failures ?? 0 }
}

/**
 * One result of the same job stands for all: the one with the greatest turn, else the one that is shown. `undefined` where
 * nothing is to be mended, or a version holds something that would be lost.
 */
function mended(
  ended: readonly JudgedVersion[],
  live: readonly JudgedVersion[],
  spec: JobSpec,
): AnyDocument | undefined {
  if (live.length === 1) return undefined
  const [best] = [...ended].sort((a, b) => (b.claim?.turn ?? 0) - (a.claim?.turn ?? 0))
  const result = best as JudgedVersion
  const key = result.claim?.key
  if (key === undefined) return undefined
  const isOwn = ({ phase, claim, doc }: JudgedVersion) =>
    claim?.key === key && (phase === 'ended' || (phase === 'claimed' && isWithin(doc, result.doc, spec)))
  // Somebody asked for the same, apart from who did it: this is the answer to both.
  const isAskedAlike = ({ phase, claim, doc }: JudgedVersion) =>
    phase === 'open' && claim === undefined && isWithin(doc, result.doc, spec)
  const isSpare = (version: JudgedVersion) => version === result || isOwn(version) || isAskedAlike(version)
  if (!live.every(isSpare)) return undefined
  // Two who mend it at the same time write the same: that is no reason to mend it again.
  if (live.every(({ doc }) => changedFields(doc, result.doc).length === 0)) return undefined
  return result.doc
}

/** Whether every field of a version but its state and claim stands in the result as well. */
function isWithin(doc: AnyDocument, result: AnyDocument, spec: JobSpec): boolean {
  const content = contentOf(doc, spec)
  return Object.keys(content).every(
    field => field === spec.field || isSameField(content[field], result[field], field),
  )
}
