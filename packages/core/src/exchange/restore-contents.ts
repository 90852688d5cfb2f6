import { type CID, type CidKey, cidToKey } from '../codec/cid.js'
import { FirekeepError, hasErrorCode } from '../errors.js'
import type { Ledger } from '../ledger/ledger.js'
import type { LedgerWriter } from '../ledger/ledger-writer.js'
import { toSnapshotRecord } from '../ledger/to-snapshot-record.js'
import type { SnapshotPack } from '../packs/snapshot-record.js'
import { writePack } from '../packs/write-pack.js'
import { bytesToBinary, compareBytes } from '../primitives/bytes.js'
import type { View } from '../state/view.js'
import type { LackingContent } from './take-in-archive.js'

export interface RestoreParts {
  readonly ledger: Ledger
  /** Folds all commits into one snapshot. */
  readonly fold: () => Promise<unknown>
  readonly compress: boolean
  /** The contents that purging commits of a history erased: they stay erased. */
  readonly purged: (view: View) => Promise<ReadonlyMap<CidKey, CID>>
}

/** Attempts, while other tabs write. */
const ATTEMPTS = 10

/** Stores contents of commits that the history has without them: a pack more of the history. Answers how many. */
export async function restoreContents(
  contents: readonly LackingContent[],
  parts: RestoreParts,
): Promise<number> {
  for (let attempt = 1; ; attempt++) {
    // A snapshot can be given a pack; what is not in one would forget it.
    await parts.fold()
    try {
      return await parts.ledger.exclusive(writer => addPack(writer, contents, parts))
    } catch (error) {
      if (!hasErrorCode(error, 'STALE') || attempt === ATTEMPTS) throw error
    }
  }
}

async function addPack(
  writer: LedgerWriter,
  lacking: readonly LackingContent[],
  { compress, purged }: RestoreParts,
): Promise<number> {
  await writer.refresh()
  const basis = await writer.capture()
  const { snapshot } = basis.view
  const [record, ...others] = basis.snapshots
  if (snapshot === undefined || record === undefined || others.length > 0)
    throw new FirekeepError('STALE', 'another tab or process compacted meanwhile')
  // Asked of this very view: a purge that comes later finds them stored, and erases them.
  const erased = await purged(basis.view)
  const contents = lacking.filter(({ cid }) => !erased.has(cidToKey(cid)))
  if (contents.length === 0) return 0
  const written = await writePack(contents, { sealer: writer.store.packSealer, compress })
  const bytes = contents.reduce((sum, block) => sum + block.bytes.length, 0)
  const pack: SnapshotPack = { ...written.info, kind: 'history', bytes, dead: 0 }
  // Their attachments are in use again.
  const files = allDigests([...(record.files ?? []), ...contents.flatMap(({ files }) => files)])
  await writer.fold({
    basis: { ...basis, commitRecords: [] },
    state: snapshot,
    record: toSnapshotRecord(snapshot, [...record.packs, pack], record.replaced, files),
    written: [{ ...written, blocks: contents }],
    dropped: [],
    options: {},
  })
  return contents.length
}

/** Each once, ascending. */
function allDigests(digests: readonly Uint8Array[]): Uint8Array[] {
  const byName = new Map(digests.map(digest => [bytesToBinary(digest), digest]))
  return [...byName.values()].sort(compareBytes)
}
