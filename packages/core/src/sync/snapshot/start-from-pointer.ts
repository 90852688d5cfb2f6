import type { Sealer } from '../../crypto/seal.js'
import { type FirekeepError, hasErrorCode } from '../../errors.js'
import type { Ledger, LedgerStore, LedgerWriter } from '../../ledger/ledger.js'
import { toSnapshotRecord } from '../../ledger/to-snapshot-record.js'
import { equalBytes } from '../../primitives/bytes.js'
import { throwIfAborted } from '../../primitives/throw-if-aborted.js'
import type { LogPosition, RemoteLog, StoredPointer } from '../../protocol/remote.js'
import type { State } from '../../state/merge-states.js'
import type { StorageEntry } from '../../storage/storage.js'
import { type ClaimChecks, checkClaim } from './check-claim.js'
import { openPointer, type SignedClaim, type SnapshotClaim } from './pointer.js'
import { encodeStart, type RemoteStart, readStart } from './remote-start.js'

/** What a remote holds up to a place: the cursor of a replica that starts there. */
export type StartCursor = LogPosition & Pick<SnapshotClaim, 'heads'>

export interface StartParts {
  readonly ledger: Ledger
  readonly log: Pick<RemoteLog, 'getPointer' | 'read'>
  readonly checks: ClaimChecks
  /** Seals what stays on the device. */
  readonly recordSealer: Sealer
  /** Where the record of the start is stored: under `START_PREFIX`. */
  readonly startKey: string
  /** Makes the storage entry of the cursor that belongs to the snapshot. */
  readonly encodeCursor: (cursor: StartCursor) => Promise<StorageEntry>
  readonly signal?: AbortSignal | undefined
}

export type StartOutcome =
  /** The state is that of the pointer; whatever was known of the cursor is to be read again. */
  | { readonly kind: 'started'; readonly start: RemoteStart }
  | { readonly kind: 'none'; readonly reason: 'has-data' | 'no-pointer' | 'other-log' }
  /** The pointer is not to be used, and the log is to be read from its beginning. The error is to be reported. */
  | { readonly kind: 'refused'; readonly error: FirekeepError }

/**
 * Takes the snapshot that the remote points to as the state of a replica without data, and the place in the log that
 * it stands for as its cursor, in one step; what is read then comes from the packs of the remote (`packs.useRemote`
 * must have been called). It is a claim of its publisher, which `verifyStart` checks in the background.
 *
 * A replica with data, also one that gets some meanwhile, is not changed. Rejects with what the remote or the storage
 * fails with, and may then be called again.
 */
export async function startFromPointer(parts: StartParts): Promise<StartOutcome> {
  const { ledger, log, signal } = parts
  const store = await ledger.exclusive(async writer => {
    await writer.refresh()
    return hasData(writer) ? undefined : writer.store
  })
  if (store === undefined) return startedOr(parts, undefined)
  const pointer = await log.getPointer(signal)
  if (pointer === undefined) return { kind: 'none', reason: 'no-pointer' }
  try {
    const checked = await check(pointer, store, parts)
    if (checked.kind !== 'right') return checked
    throwIfAborted(signal)
    return await adopt(toStart(checked.claim, pointer), checked.state, parts)
  } finally {
    forgetUnnamed(store, pointer)
  }
}

type Checked = { readonly kind: 'right'; readonly claim: SignedClaim; readonly state: State }

async function check(
  pointer: StoredPointer,
  { packs }: LedgerStore,
  { log, checks, signal }: StartParts,
): Promise<Checked | StartOutcome> {
  try {
    const claim = await openPointer(pointer, checks)
    if (!(await isOfLog(claim, log, signal))) return { kind: 'none', reason: 'other-log' }
    for (const pack of claim.packs) packs.use([pack], pack.kind)
    return { kind: 'right', claim, state: await checkClaim(claim, packs, checks) }
  } catch (error) {
    if (isOfPointer(error)) return { kind: 'refused', error }
    throw error
  }
}

/** Whether the log, as the remote shows it now, went through the place that the claim stands for. */
export async function isOfLog(
  { seq, hash }: LogPosition,
  log: Pick<RemoteLog, 'read'>,
  signal?: AbortSignal,
): Promise<boolean> {
  const { before } = await log.read(seq, { limit: 1, bytes: 1, signal })
  return before !== undefined && equalBytes(before, hash)
}

function adopt(start: RemoteStart, state: State, parts: StartParts): Promise<StartOutcome> {
  const { seq, hash, heads, packs, files } = start
  const record = toSnapshotRecord(
    state,
    packs.map(pack => ({ ...pack, dead: 0 })),
    [],
    files,
  )
  return parts.ledger.exclusive(async writer => {
    await writer.refresh()
    if (hasData(writer)) return startedOr(parts, start)
    const puts = [
      await parts.encodeCursor({ seq, hash, heads }),
      await encodeStart(parts.startKey, start, parts.recordSealer),
    ]
    try {
      await writer.reset({ record, written: [], blocks: [], puts })
      return { kind: 'started', start }
    } catch (error) {
      if (!hasErrorCode(error, 'STALE')) throw error
      await writer.refresh()
      return startedOr(parts, start)
    }
  })
}

/** Where there is data: it may be that of the pointer, stored by an attempt whose outcome was not heard of. */
async function startedOr(
  { ledger, startKey, recordSealer }: StartParts,
  start: RemoteStart | undefined,
): Promise<StartOutcome> {
  const stored = ledger.store && (await readStart(ledger.store.storage, startKey, recordSealer))
  if (start !== undefined && stored?.version === start.version) return { kind: 'started', start: stored }
  return { kind: 'none', reason: 'has-data' }
}

function hasData({ view, store }: LedgerWriter): boolean {
  return view.heads.length > 0 || view.pending.size > 0 || !store.records.isEmpty
}

function toStart({ author, ...claim }: SignedClaim, { version }: StoredPointer): RemoteStart {
  return { ...claim, version, publisher: author, state: 'unverified' }
}

/** What is wrong with the pointer or with what it points to. Where the remote does not answer, nobody knows. */
function isOfPointer(error: unknown): error is FirekeepError {
  const codes = ['CORRUPT', 'INVALID_COMMIT', 'BLOCK_MISSING', 'UNSUPPORTED_FORMAT'] as const
  return codes.some(code => hasErrorCode(error, code))
}

function forgetUnnamed({ packs, records }: LedgerStore, { blobs }: StoredPointer): void {
  const named = new Set([...records.snapshots.values()].flatMap(({ packs }) => packs.map(({ name }) => name)))
  packs.forget(blobs.filter(name => !named.has(name)))
}
