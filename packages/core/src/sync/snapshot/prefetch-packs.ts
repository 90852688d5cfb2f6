import { hasErrorCode } from '../../errors.js'
import type { Ledger } from '../../ledger/ledger.js'
import { packKey } from '../../packs/pack-key.js'
import type { PackSource } from '../../packs/pack-source.js'
import type { SnapshotPack } from '../../packs/snapshot-record.js'
import { SNAPSHOT_PREFIX } from '../../packs/state-keys.js'
import { storePack } from '../../packs/store-pack.js'
import { throwIfAborted } from '../../primitives/throw-if-aborted.js'
import { fetchPack } from './fetch-pack.js'

export interface PrefetchParts {
  readonly ledger: Ledger
  readonly source: PackSource
  /** Hears of stored bytes: those that are here, and those of all packs of the snapshot. */
  readonly onProgress?: ((progress: { readonly done: number; readonly total: number }) => void) | undefined
  readonly signal?: AbortSignal | undefined
}

/**
 * Brings the packs that the snapshot names and that are not stored here, trees first and of each kind the newest
 * first. Each is checked by its name and then stored, so that who stops goes on with the next one.
 *
 * `QUOTA_EXCEEDED` when there is no room for the rest: it goes on being read from the remote. `BLOCK_MISSING` or
 * `CORRUPT` (`details.pack`) when the remote does not have one as it was, `ABORTED` when the signal fired.
 */
export async function prefetchPacks({ ledger, source, onProgress, signal }: PrefetchParts): Promise<void> {
  for (;;) {
    throwIfAborted(signal)
    const { store } = ledger
    if (store === undefined) return
    const { storage, records } = store
    // The packs are those of these records: the guard holds if there are no others, forks included, when a pack is stored.
    const seen = { prefix: SNAPSHOT_PREFIX, keys: records.knownSnapshotKeys }
    const packs = [...records.snapshots.values()].flatMap(snapshot => snapshot.packs)
    const stored = new Set(await storage.list(packKey('')))
    const wanted = packs.filter(({ name }) => !stored.has(packKey(name)))
    const total = bytesOf(packs)
    let done = total - bytesOf(wanted)
    onProgress?.({ done, total })
    const next = firstOf(wanted)
    if (next === undefined) return
    const onPiece = (bytes: number) => {
      done += bytes
      onProgress?.({ done, total })
    }
    const bytes = await fetchPack(source, next, { signal, onPiece })
    try {
      await storePack(storage, next, bytes, seen)
    } catch (error) {
      // Somebody compacted meanwhile: the pack may be named no more.
      if (!hasErrorCode(error, 'STALE')) throw error
      await ledger.refresh()
    }
  }
}

function firstOf(packs: readonly SnapshotPack[]): SnapshotPack | undefined {
  return packs.findLast(({ kind }) => kind === 'tree') ?? packs.at(-1)
}

function bytesOf(packs: readonly SnapshotPack[]): number {
  return packs.reduce((sum, { length }) => sum + length, 0)
}
