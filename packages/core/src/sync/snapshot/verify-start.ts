import type { CID } from '../../codec/cid.js'
import type { Sealer } from '../../crypto/seal.js'
import { FirekeepError, hasErrorCode } from '../../errors.js'
import type { Ledger, LedgerStore } from '../../ledger/ledger.js'
import type { PackSource } from '../../packs/pack-source.js'
import { PackStore } from '../../packs/pack-store.js'
import { recordScope } from '../../packs/record-scope.js'
import type { RemoteLog } from '../../protocol/remote.js'
import type { StorageEntry } from '../../storage/storage.js'
import type { LogChecks } from '../log-opener.js'
import { falseClaim } from './check-claim.js'
import { compareClaim } from './compare-claim.js'
import { lacksBlocks } from './lacks-blocks.js'
import { rebuildState } from './rebuild-state.js'
import { encodeStart, type RemoteStart, readStart, type StartState } from './remote-start.js'
import { type ReplayParts, replayHeads, replayTo } from './replay-log.js'
import type { Scratch } from './scratch.js'
import { isOfLog, type StartCursor } from './start-from-pointer.js'

export interface VerifyParts {
  readonly ledger: Ledger
  readonly log: RemoteLog
  readonly logChecks: LogChecks
  readonly source: PackSource
  readonly recordSealer: Sealer
  readonly startKey: string
  /** Makes a replica to replay the log in. */
  readonly openScratch: (store: LedgerStore) => Promise<Scratch>
  readonly encodeCursor: (cursor: StartCursor) => Promise<StorageEntry>
  readonly now: () => number
  /**
   * Stores what the log gives in any case, also of a snapshot that was verified: the cure where the remote does not
   * have its packs any more. Default: only what takes the place of a false one.
   */
  readonly mustRebuild?: boolean
  /**
   * Runs what takes the place of the state while nothing is exchanged: an exchange that goes on from an older cursor
   * would store that again. Default: at once.
   */
  readonly whileStill?: <T>(task: () => Promise<T>) => Promise<T>
  /** Hears of a snapshot that was found false, with its publisher where nobody else can have made it so. */
  readonly report: (error: FirekeepError) => void
  /** Hears how many entries of the log were replayed, of those that the snapshot stands for. */
  readonly onProgress?: ((progress: { readonly done: number; readonly total: number }) => void) | undefined
  readonly signal: AbortSignal
}

export type VerifyOutcome =
  /** There is nothing to verify: the replica started from no snapshot, or this was done before. */
  | { readonly kind: 'none' }
  | { readonly kind: 'verified' }
  /** The log does not go through the place that the snapshot stands for, so nobody can tell. */
  | { readonly kind: 'other-log' }
  /** What the log gives is stored now, and this cursor, from which the exchange is to go on. */
  | { readonly kind: 'rebuilt'; readonly cursor: StartCursor; readonly state: StartState }

/** Attempts to take the place of what is stored, while other tabs write. */
const ATTEMPTS = 10

/**
 * Replays the log up to the place of the snapshot that this replica started from, apart from the user's storage, and
 * compares the state. Where they differ, the publisher is reported and the right state takes the place of the false
 * one. Stopped or killed, it begins again at the next call.
 */
export async function verifyStart(parts: VerifyParts): Promise<VerifyOutcome> {
  const { ledger, startKey, recordSealer, mustRebuild = false } = parts
  await ledger.refresh()
  const { store } = ledger
  const start = store && (await readStart(store.storage, startKey, recordSealer))
  if (store === undefined || start === undefined) return { kind: 'none' }
  if (start.state !== 'unverified' && !mustRebuild) return { kind: 'none' }
  // Before the whole log is read for nothing.
  if (!(await isOfLog(start, parts.log, parts.signal))) return { kind: 'other-log' }
  const scratch = await parts.openScratch(store)
  try {
    const onRead = (done: number) => parts.onProgress?.({ done, total: start.seq })
    const replay: ReplayParts = { ...parts, scratch, onRead }
    if (!(await replayTo(start, replay))) return { kind: 'other-log' }
    const headsThere = scratch.ledger.view.heads.map(({ cid }) => cid)
    const hasHeads = await replayHeads(start, replay)
    const isJudged = start.state !== 'unverified'
    const fault = isJudged
      ? undefined
      : hasHeads
        ? await findFault(start, scratch, { ...parts, store })
        : NO_HEADS
    if (fault === undefined && !mustRebuild) {
      const verified = await encodeStart(startKey, { ...start, state: 'verified' }, recordSealer)
      await store.storage.batch([verified], [])
      return { kind: 'verified' }
    }
    const state = isJudged ? start.state : fault === undefined ? 'verified' : 'refuted'
    const rebuilding = () => rebuild({ start, scratch, headsThere, state }, parts)
    const cursor = await (parts.whileStill?.(rebuilding) ?? rebuilding())
    if (cursor === undefined) return { kind: 'none' }
    if (fault !== undefined) parts.report(errorOf(fault, start))
    return { kind: 'rebuilt', cursor, state }
  } finally {
    await scratch.close()
  }
}

/** What is wrong with a claim. */
interface Fault {
  readonly reason: string
  /** Whether only its publisher can have made it so: packs are also in the hands of the remote. */
  readonly isLie: boolean
}

const NO_HEADS: Fault = { reason: 'the log does not have all of its heads', isLie: true }

function errorOf({ reason, isLie }: Fault, { publisher, seq }: RemoteStart): FirekeepError {
  const error = falseClaim({ author: publisher, seq }, reason)
  return isLie ? error : new FirekeepError('CORRUPT', error.message, { details: { seq } })
}

/** Reads the claimed trees as they were published: what was folded here since may have left parts of them out. */
async function findFault(
  start: RemoteStart,
  scratch: Scratch,
  { store, source, logChecks }: Pick<VerifyParts, 'source' | 'logChecks'> & { readonly store: LedgerStore },
): Promise<Fault | undefined> {
  const { storage, packSealer: sealer, records } = store
  const claimed = new PackStore({ storage, sealer, cacheBytes: CLAIM_CACHE_BYTES })
  claimed.useRemote(source)
  for (const pack of start.packs) claimed.use([pack], pack.kind)
  const truth = scratch.ledger.view.snapshot
  try {
    const reason = await compareClaim(start, truth, claimed)
    if (reason !== undefined) return { reason, isLie: true }
    // What was folded here since lies in packs of our own.
    const isUnfolded = [...records.snapshots.values()].every(({ docs }) => docs?.equals(start.docs))
    if (truth === undefined || !isUnfolded) return undefined
    const own = (scratch.ledger.store as LedgerStore).packs
    const lacks = await lacksBlocks({ claim: start, claimed, truth, own, slice: logChecks.slice })
    return lacks ? { reason: 'its packs lack a part of its state', isLie: true } : undefined
  } catch (error) {
    if (!hasErrorCode(error, 'CORRUPT') && !hasErrorCode(error, 'BLOCK_MISSING')) throw error
    return { reason: 'its packs cannot be read', isLie: false }
  }
}

const CLAIM_CACHE_BYTES = 1024 * 1024

interface Rebuild {
  readonly start: RemoteStart
  readonly scratch: Scratch
  /** The heads of the log at the place of the claim. */
  readonly headsThere: readonly CID[]
  readonly state: StartState
}

async function rebuild(
  { start, scratch, headsThere, state }: Rebuild,
  parts: VerifyParts,
): Promise<StartCursor | undefined> {
  const { ledger, startKey, recordSealer } = parts
  const cursor = { seq: start.seq, hash: start.hash, heads: headsThere }
  const puts = [
    await parts.encodeCursor(cursor),
    await encodeStart(startKey, { ...start, state }, recordSealer),
  ]
  for (let attempt = 1; ; attempt++) {
    try {
      return await ledger.exclusive(async writer => {
        await writer.refresh()
        // Another tab may have done it.
        const stored = await readStart(writer.store.storage, startKey, recordSealer)
        if (stored?.state !== start.state) return undefined
        const next = await rebuildState(writer, { start, scratch, now: parts.now })
        // Stored indexes were made of what was false.
        const dropped = await writer.store.storage.list(`${recordScope(writer.store.forkNonce)}index/`)
        await writer.reset({ ...next, puts, dropped })
        return cursor
      })
    } catch (error) {
      if (!hasErrorCode(error, 'STALE') || attempt === ATTEMPTS) throw error
    }
  }
}
