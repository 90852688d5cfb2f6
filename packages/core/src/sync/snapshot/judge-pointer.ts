import { type CID, cidToKey } from '../../codec/cid.js'
import { type FirekeepError, hasErrorCode } from '../../errors.js'
import { bytesToBinary } from '../../primitives/bytes.js'
import type { RemoteLog, StoredPointer } from '../../protocol/remote.js'
import type { Snapshot } from '../../state/snapshot.js'
import type { View } from '../../state/view.js'
import { falseClaim } from './check-claim.js'
import { openPointer, type PointerChecks, type SignedClaim, type SnapshotClaim } from './pointer.js'
import type { RemoteStart } from './remote-start.js'
import { isOfLog } from './start-from-pointer.js'

export interface JudgeParts {
  readonly log: Pick<RemoteLog, 'read'>
  readonly checks: PointerChecks
  /** Snapshots that this replica started from. */
  readonly starts: readonly RemoteStart[]
  /** The whole state of this replica, and the snapshot that is to be pointed to. */
  readonly view: View
  readonly snapshot: Snapshot
  /** What is to be claimed. */
  readonly claim: Omit<SnapshotClaim, 'packs'>
  /** How far this replica has read the log. */
  readonly readTo: number
  readonly signal?: AbortSignal | undefined
}

export type Verdict =
  /** Another may take its place; with an error where it is not what its author signed it for, which is to be reported. */
  | {
      readonly kind: 'replace'
      readonly error?: FirekeepError
      /** Whether it lists file packs that are not to be listed any more. */
      readonly drops: boolean
    }
  /** It says as much or more, or things that are not known here yet. */
  | { readonly kind: 'keep'; readonly reason: 'up-to-date' | 'behind' | 'newer-format' }

const BEHIND: Verdict = { kind: 'keep', reason: 'behind' }
const UP_TO_DATE: Verdict = { kind: 'keep', reason: 'up-to-date' }

/**
 * Whether another pointer may take the place of one: where it stands for a superset of its commits, or where the one
 * that is there is no good. By what is stored here it is found false in two ways: it has the heads of the snapshot and
 * another state, or heads that the log does not have.
 */
export async function judgePointer(present: StoredPointer, parts: JudgeParts): Promise<Verdict> {
  const { starts, checks, view, snapshot, claim } = parts
  if (starts.some(({ version, state }) => state === 'refuted' && version === present.version))
    return { kind: 'replace', drops: false }
  let other: SignedClaim
  try {
    other = await openPointer(present, checks)
  } catch (error) {
    if (hasErrorCode(error, 'UNSUPPORTED_FORMAT')) return { kind: 'keep', reason: 'newer-format' }
    if (hasErrorCode(error, 'CORRUPT'))
      return { kind: 'replace', error: error as FirekeepError, drops: false }
    throw error
  }
  const drops = lacks(claim.files, other.files)
  if (isSameSet(other.heads, claim.heads)) {
    if (!other.docs.equals(claim.docs) || !other.history.equals(claim.history))
      return { kind: 'replace', error: falseClaim(other, 'its state is not that of its commits'), drops }
    // What was pruned here is to be forgotten there. Never the other way: else two who pruned otherwise took turns.
    return drops && !lacks(other.files, claim.files) ? { kind: 'replace', drops } : UP_TO_DATE
  }
  if (await hasAll(snapshot, other.heads)) return other.seq > claim.seq ? BEHIND : { kind: 'replace', drops }
  if (await hasAll(view, other.heads)) return BEHIND
  return judgeUnknown(other, parts)
}

/** Of a pointer with heads that are not known here. Its author had them in the log before he made it. */
async function judgeUnknown(
  other: SignedClaim,
  { log, readTo, signal }: Pick<JudgeParts, 'log' | 'readTo' | 'signal'>,
): Promise<Verdict> {
  // A log that lost entries: nobody lied, and those who have them send them again.
  if (!(await isOfLog(other, log, signal))) return { kind: 'replace', drops: false }
  const { head } = await log.read(readTo, { limit: 1, bytes: 1, signal })
  if (head.seq > readTo) return BEHIND
  const error = falseClaim(other, 'the log does not have all of its heads')
  return { kind: 'replace', error, drops: false }
}

/** Whether a list of digests does not have all of another. */
function lacks(files: readonly Uint8Array[], wanted: readonly Uint8Array[]): boolean {
  const there = new Set(files.map(bytesToBinary))
  return wanted.some(digest => !there.has(bytesToBinary(digest)))
}

/** Whether all of these commits are in a history. */
export async function hasAll(history: Pick<View, 'find'> | Snapshot, cids: readonly CID[]): Promise<boolean> {
  for (const cid of cids) if ((await history.find(cid)) === undefined) return false
  return true
}

function isSameSet(a: readonly CID[], b: readonly CID[]): boolean {
  return a.length === b.length && a.map(cidToKey).sort().join() === b.map(cidToKey).sort().join()
}
