import { findMissing } from '../../commits/ancestry.js'
import type { Sealer } from '../../crypto/seal.js'
import { type FirekeepError, hasErrorCode } from '../../errors.js'
import type { FoldBasis } from '../../ledger/folded-state.js'
import type { Ledger, LedgerStore } from '../../ledger/ledger.js'
import type { PackSource } from '../../packs/pack-source.js'
import { recordScope } from '../../packs/record-scope.js'
import { toBase32 } from '../../primitives/bytes.js'
import { throwIfAborted } from '../../primitives/throw-if-aborted.js'
import { BLOBS_LISTED } from '../../protocol/limits.js'
import type { RemoteLog } from '../../protocol/remote.js'
import type { Snapshot } from '../../state/snapshot.js'
import type { FilePackSender } from '../file-pack-sender.js'
import { hasAll, judgePointer, type Verdict } from './judge-pointer.js'
import { blobsOf, encodePointer, type PointerChecks, type SnapshotClaim } from './pointer.js'
import { type RemoteStart, readStarts } from './remote-start.js'
import { sendPacks } from './send-packs.js'
import type { StartCursor } from './start-from-pointer.js'

export interface PublishParts {
  readonly ledger: Ledger
  readonly log: Pick<RemoteLog, 'getPointer' | 'setPointer' | 'putBlob' | 'getBlob' | 'read'>
  readonly checks: PointerChecks
  readonly recordSealer: Sealer
  /**
   * Places of the log that were read, and what stands in it up to there, newest first; the newest that the snapshot
   * holds all of is claimed. They are as they would be stored, before entries whose other parts have not come. Who
   * keeps some of the last ones can publish while others write all the time.
   */
  readonly cursors: readonly StartCursor[]
  /** Where packs are read that are not stored here. */
  readonly source?: PackSource | undefined
  /** Names of blobs that were sent before; kept by the caller over attempts, so that each is sent once. */
  readonly sent?: Set<string>
  /** Knows which file packs the remote has. */
  readonly files: FilePackSender
  /** Whether the same state is published once more, so that the remote forgets what older pointers list. */
  readonly again?: boolean
  /** Hears of a pointer that was found false. */
  readonly report: (error: FirekeepError) => void
  readonly signal?: AbortSignal | undefined
}

export type PublishOutcome =
  /** `drops`: the pointer before listed files that this one does not. */
  | { readonly kind: 'published'; readonly claim: SnapshotClaim; readonly drops: boolean }
  | { readonly kind: 'kept'; readonly reason: KeptReason }

/** Why the pointer stays as it is. */
export type KeptReason =
  /** There is no right to write. */
  | 'read-only'
  /** The replica rests on a snapshot of somebody else that it has not verified. */
  | 'unverified'
  | 'newer-format'
  /** There is no snapshot, several of them, or commits that wait for others. */
  | 'no-snapshot'
  /** The snapshot does not have all of the log up to the cursor, or has commits that are not in the log. */
  | 'not-covered'
  /** The pointer has commits that the snapshot does not have: to be read and compacted first. */
  | 'behind'
  | 'up-to-date'
  /** It needs more blobs than a pointer can list: the log alone has everything. */
  | 'too-many-blobs'
  /** A pack of the snapshot is neither here nor there, or others wrote pointers all the time. */
  | 'outrun'

const ATTEMPTS = 5

/**
 * Lets the pointer of a remote stand for the snapshot of this replica, if that holds all that the pointer stands for
 * now and all of the log up to a place; else it changes nothing. Packs are sent first, the pointer last. Any number of
 * clients may do it at once.
 */
export async function publishSnapshot(parts: PublishParts): Promise<PublishOutcome> {
  const sent = parts.sent ?? new Set<string>()
  for (let attempt = 0, knowsPresent = true; attempt < ATTEMPTS; attempt++) {
    throwIfAborted(parts.signal)
    const own = await ownClaim(parts)
    if (typeof own === 'string') return { kind: 'kept', reason: own }
    const { store, snapshot, basis, starts, author } = own
    const present = await parts.log.getPointer(parts.signal)
    await parts.files.findAgain(present?.blobs ?? [], parts)
    const claim = { ...own.claim, files: listable(own.claim.files, parts) }
    if (blobsOf(claim).length > BLOBS_LISTED) return { kind: 'kept', reason: 'too-many-blobs' }
    const verdict: Verdict =
      present === undefined
        ? { kind: 'replace', drops: false }
        : await judgePointer(present, {
            ...parts,
            starts,
            view: basis.view,
            snapshot,
            claim,
            readTo: parts.cursors[0]?.seq ?? 0,
          })
    const isRepeated = verdict.kind === 'keep' && verdict.reason === 'up-to-date' && parts.again
    if (verdict.kind === 'keep' && !isRepeated) return { kind: 'kept', reason: verdict.reason }
    if (verdict.kind === 'replace' && verdict.error !== undefined) parts.report(verdict.error)
    if (knowsPresent) for (const name of present?.blobs ?? []) sent.add(name)
    const { storage } = store
    if (!(await sendPacks(claim.packs, { ...parts, storage, sent }))) continue
    const pointer = await encodePointer(claim, author, parts.checks.sealer)
    try {
      if (await parts.log.setPointer(pointer, present?.version, parts.signal))
        return { kind: 'published', claim, drops: verdict.kind === 'replace' && verdict.drops }
    } catch (error) {
      // The remote dropped blobs that it listed, or that were sent long ago.
      if (!hasErrorCode(error, 'BLOCK_MISSING')) throw error
      sent.clear()
      knowsPresent = false
      await parts.files.sendAnew(claim.files.map(toBase32), parts)
    }
  }
  return { kind: 'kept', reason: 'outrun' }
}

interface OwnClaim {
  readonly claim: SnapshotClaim
  readonly store: LedgerStore
  readonly author: NonNullable<LedgerStore['author']>
  readonly basis: FoldBasis
  readonly snapshot: Snapshot
  readonly starts: readonly RemoteStart[]
}

/** What may be claimed of the snapshot that is stored here. */
async function ownClaim(parts: PublishParts): Promise<OwnClaim | KeptReason> {
  const { ledger, recordSealer } = parts
  const { store } = ledger
  if (store === undefined) return 'no-snapshot'
  const { author } = store
  if (author === undefined) return 'read-only'
  const starts = await readStarts(store.storage, recordSealer, recordScope(store.forkNonce))
  if (starts.some(({ state }) => state === 'unverified')) return 'unverified'
  const basis = await ledger.exclusive(async writer => {
    await writer.refresh()
    return writer.capture()
  })
  const [record, second] = basis.snapshots
  const { snapshot } = basis.view
  if (record === undefined || second !== undefined || snapshot === undefined) return 'no-snapshot'
  // An entry of the log that nobody can judge yet is in no history: who started behind it would never read it.
  if (basis.view.pending.size > 0 || hasNewer(store)) return 'no-snapshot'
  const { docs, history, packs } = record
  if (docs === null || history === null) return 'no-snapshot'
  const cursor = await findCovered(basis, snapshot, parts)
  if (cursor === undefined) return 'not-covered'
  const { seq, hash } = cursor
  const heads = record.heads.map(({ cid }) => cid)
  const { files = [] } = record
  return { claim: { seq, hash, heads, docs, history, packs, files }, store, author, basis, snapshot, starts }
}

/** Without those that are lost, as a remote takes no pointer with a blob that is not there. */
function listable(files: readonly Uint8Array[], parts: PublishParts): Uint8Array[] {
  const names = new Set(parts.files.listable(files.map(toBase32)))
  return files.filter(digest => names.has(toBase32(digest)))
}

/** The newest place that the snapshot has all of the log up to, if it has nothing that is not in the log. */
async function findCovered(
  { view }: FoldBasis,
  snapshot: Snapshot,
  { cursors }: PublishParts,
): Promise<StartCursor | undefined> {
  const acked = await Promise.all((cursors[0]?.heads ?? []).map(cid => view.find(cid)))
  const there = acked.filter(node => node !== undefined)
  const unsent = await findMissing(snapshot.heads, there, ref => view.nodeOf(ref))
  if (unsent.length > 0) return undefined
  for (const cursor of cursors) if (cursor.seq > 0 && (await hasAll(snapshot, cursor.heads))) return cursor
  return undefined
}

function hasNewer({ records }: LedgerStore): boolean {
  for (const [, { commits }] of records.commitRecords) if (commits === undefined) return true
  return false
}
