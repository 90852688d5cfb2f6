import type { Block } from '../codec/block.js'
import { cidToKey } from '../codec/cid.js'
import { hasErrorCode } from '../errors.js'
import type { FoldBasis } from '../ledger/folded-state.js'
import type { Ledger, LedgerStore } from '../ledger/ledger.js'
import { toSnapshotRecord } from '../ledger/to-snapshot-record.js'
import { packKey } from '../packs/pack-key.js'
import type { ReplacedPack, SnapshotRecord } from '../packs/snapshot-record.js'
import { Mutex } from '../primitives/mutex.js'
import type { Progress } from '../primitives/progress.js'
import { throwIfAborted } from '../primitives/throw-if-aborted.js'
import { type Pace, TimeSlice } from '../primitives/time-slice.js'
import { View } from '../state/view.js'
import { eraseFromRecords } from './erase-from-records.js'
import type { Erased } from './erased.js'
import { purgedBodies } from './erased-bodies.js'
import { foldView } from './fold-view.js'
import { type FileKeys, freeFiles } from './free-files.js'
import { keptFiles } from './kept-files.js'
import { packFold } from './pack-fold.js'
import { canMerge, hasWork, packsOf, replacedBy, storedBytes } from './snapshot-packs.js'
import { HISTORY_PACK_BYTES, mergePacks, type PackWriterParts } from './write-packs.js'

export interface CompactOptions {
  /** Everything is written anew, into as few packs as possible. */
  readonly all?: boolean
  readonly onProgress?: ((progress: Progress) => void) | undefined
  readonly signal?: AbortSignal | undefined
}

/** What a compaction did. */
export interface CompactReport {
  /** Commits that were folded into the snapshot. */
  readonly commits: number
  /** Stored bytes of the state before and after; packs that views may still read are not counted. */
  readonly bytesBefore: number
  readonly bytesAfter: number
  /** Packs that others took the place of. */
  readonly packsReplaced: number
}

export interface CompactorParts {
  readonly ledger: Ledger
  readonly compress: boolean
  /** Milliseconds since 1970. */
  readonly now: () => number
  readonly pace: Pace
  /** The keys of stored caches that hold contents: they go when contents are erased. */
  readonly cacheKeys: (store: LedgerStore) => Promise<readonly string[]>
  /** The keys of file packs: they go with the last content that names them. */
  readonly fileKeys: FileKeys
}

interface FoldOptions extends CompactOptions {
  readonly all: boolean
  readonly erased: Erased
  /** Leave nothing of what was replaced, now or earlier. */
  readonly mustErase: boolean
}

/** How long views may go on reading a pack after it was replaced. */
export const GRACE_MILLISECONDS = 5 * 60_000
const NOTHING: CompactReport = { commits: 0, bytesBefore: 0, bytesAfter: 0, packsReplaced: 0 }

/**
 * Folds commits into snapshots, merges packs, and erases contents. One at a time in an engine; other tabs and
 * processes may do the same: who comes second is refused by the storage and starts anew from what the first left.
 */
export class Compactor {
  readonly #parts: CompactorParts
  readonly #mutex = new Mutex()

  constructor(parts: CompactorParts) {
    this.#parts = parts
  }

  /** Folds all commits into a snapshot. What purging commits among them supersede is erased (L10). */
  compact(options: CompactOptions = {}): Promise<CompactReport> {
    return this.#mutex.run(() => this.#compact(options, async view => purgedBodies(view)))
  }

  /** Folds all commits, and erases the contents that `choose` finds, from everything that is stored. */
  erase(choose: (view: View) => Promise<Erased>, options: CompactOptions = {}): Promise<CompactReport> {
    const both = async (view: View) => new Map([...(await purgedBodies(view)), ...(await choose(view))])
    return this.#mutex.run(() => this.#compact({ ...options, all: true }, both, true))
  }

  async #compact(
    options: CompactOptions,
    choose: (view: View) => Promise<Erased>,
    isErasing = false,
  ): Promise<CompactReport> {
    const { ledger } = this.#parts
    const { store } = ledger
    if (store === undefined) return NOTHING
    for (let bytesBefore: number | undefined; ; ) {
      throwIfAborted(options.signal)
      const basis = await capture(ledger)
      bytesBefore ??= basis.bytes + storedBytes(packsOf(basis.snapshots))
      try {
        const erased = await choose(basis.view)
        const mustErase = isErasing || erased.size > 0
        const all = (options.all ?? false) || mustErase
        // First: who is interrupted finds the commits that ask for it where they were, and does it again.
        if (erased.size > 0) {
          await ledger.exclusive(() => eraseFromRecords(store, basis, erased))
          if (await this.#eraseFromPacks(store, basis, erased)) continue
          await freeFiles({ ...this.#parts, store }, basis, erased)
        }
        const packsReplaced = await this.#fold(store, basis, { ...options, all, erased, mustErase })
        return {
          commits: basis.view.commits.size,
          bytesBefore,
          bytesAfter: storedBytes(packsOf((await capture(ledger)).snapshots)),
          packsReplaced,
        }
      } catch (error) {
        if (!(await this.#wasOutrun(basis, error))) throw error
      }
    }
  }

  /** Whether another tab or process compacted meanwhile, which may have dropped packs that were read here. */
  async #wasOutrun(basis: FoldBasis, error: unknown): Promise<boolean> {
    if (hasErrorCode(error, 'STALE')) return true
    if (!hasErrorCode(error, 'BLOCK_MISSING')) return false
    return String((await capture(this.#parts.ledger)).seen.keys) !== String(basis.seen.keys)
  }

  /** Answers how many packs others took the place of. */
  async #fold(store: LedgerStore, basis: FoldBasis, options: FoldOptions): Promise<number> {
    const { view, snapshots } = basis
    const { erased, mustErase, all } = options
    const before = packsOf(snapshots)
    const over = mustErase ? Number.POSITIVE_INFINITY : this.#parts.now() - GRACE_MILLISECONDS
    if (!mustErase && !hasWork(basis, all, over)) return 0
    const writer = this.#writerParts(store, options.signal)
    const folded = await foldView(view, {
      blocks: view.snapshot?.blocks ?? store.packs,
      erased: new Set(erased.keys()),
      slice: writer.slice,
      onDocument: progressOf(view, options),
    })
    const { packs, written } = await packFold(before, folded, mustErase || (all && canMerge(basis)), writer)
    const replaced = replacedBy(snapshots, packs, this.#parts.now())
    const isOver = ({ time }: ReplacedPack) => time <= over
    // A pack goes with the last database that names it: the guard is over the snapshots of all.
    const deleted = replaced.filter(pack => isOver(pack) && !basis.isForeign(pack.name))
    const files = await keptFiles(basis, { erased, mustErase })
    const caches = mustErase ? await this.#parts.cacheKeys(store) : []
    await this.#parts.ledger.exclusive(ledger =>
      ledger.fold({
        basis,
        state: folded.state,
        record: toSnapshotRecord(
          folded.state,
          packs,
          replaced.filter(pack => !isOver(pack)),
          files,
        ),
        written,
        dropped: [...deleted.map(({ name }) => packKey(name)), ...caches],
        options: mustErase ? { reserve: true, erase: true } : {},
      }),
    )
    const names = new Set(packs.map(pack => pack.name))
    return before.filter(pack => !names.has(pack.name)).length
  }

  /**
   * Rewrites the packs of the history that hold one of the contents, one at a time: it needs room for one. Answers
   * whether there was any.
   */
  async #eraseFromPacks(store: LedgerStore, basis: FoldBasis, erased: Erased): Promise<boolean> {
    const { snapshots, view } = basis
    if (snapshots.length > 1) {
      // One snapshot of them all, and the commits after it as they are: a pack is rewritten in one snapshot.
      const merge = { ...basis, view: View.of(view.snapshot), commitRecords: [] }
      await this.#fold(store, merge, { all: false, erased, mustErase: false })
      return true
    }
    let hasErased = false
    for (const body of erased.values()) {
      for (;;) {
        const found = await store.packs.find(body)
        if (found === undefined) break
        hasErased = true
        try {
          await this.#rewrite(store, found.name, erased)
        } catch (error) {
          if (!hasErrorCode(error, 'STALE')) throw error
        }
      }
    }
    return hasErased
  }

  async #rewrite(store: LedgerStore, name: string, erased: Erased): Promise<void> {
    const { ledger } = this.#parts
    const basis = await capture(ledger)
    const packs = packsOf(basis.snapshots)
    const pack = packs.find(each => each.name === name)
    const { snapshot } = basis.view
    if (pack === undefined || snapshot === undefined) {
      store.packs.forget([name])
      return
    }
    const plan = { merged: [pack], kept: [], kind: pack.kind, limit: HISTORY_PACK_BYTES }
    const isKept = ({ cid }: Block) => !erased.has(cidToKey(cid))
    const rewritten = await mergePacks(plan, [], isKept, this.#writerParts(store, undefined))
    const others = packs.flatMap(each => (each === pack ? rewritten.packs : [each]))
    const { replaced, files } = basis.snapshots[0] as SnapshotRecord
    await ledger.exclusive(writer =>
      writer.fold({
        basis: { ...basis, commitRecords: [] },
        state: snapshot,
        record: toSnapshotRecord(snapshot, others, replaced, files),
        written: rewritten.written,
        dropped: basis.isForeign(name) ? [] : [packKey(name)],
        options: { reserve: true },
      }),
    )
  }

  #writerParts(store: LedgerStore, signal: AbortSignal | undefined): PackWriterParts {
    const { compress, pace } = this.#parts
    return { packs: store.packs, sealer: store.packSealer, compress, slice: new TimeSlice(pace), signal }
  }
}

function capture(ledger: Ledger): Promise<FoldBasis> {
  return ledger.exclusive(async writer => {
    await writer.refresh()
    return writer.capture()
  })
}

function progressOf(view: View, { onProgress, signal }: CompactOptions): () => void {
  const total = view.docs.size
  let done = 0
  return () => {
    throwIfAborted(signal)
    done += 1
    onProgress?.({ done, total })
  }
}
