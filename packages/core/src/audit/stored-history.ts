import { type Block, DAG_CBOR } from '../codec/block.js'
import { type CID, type CidKey, cidToKey } from '../codec/cid.js'
import { type Commit, decodeCommit } from '../commits/commit.js'
import type { LedgerStore } from '../ledger/ledger-store.js'
import { packKey } from '../packs/pack-key.js'
import { PackReader } from '../packs/pack-reader.js'
import type { PackSource } from '../packs/pack-source.js'
import { PackStore } from '../packs/pack-store.js'
import type { SnapshotRecord } from '../packs/snapshot-record.js'
import { throwIfAborted } from '../primitives/throw-if-aborted.js'
import type { TimeSlice } from '../primitives/time-slice.js'
import { checkPack } from './check-pack.js'
import type { FindingList } from './finding-list.js'

/** A commit that was found, and where. */
export interface FoundCommit {
  readonly cid: CID
  readonly key: CidKey
  readonly height: number
  readonly parents: readonly CID[]
  readonly place: string
}

/** A snapshot record, and its key. */
export interface FoundSnapshot {
  readonly place: string
  readonly record: SnapshotRecord
}

export interface StoredHistoryParts {
  readonly store: Pick<LedgerStore, 'storage' | 'records' | 'packSealer'>
  /** Where packs are read that are not stored here. */
  readonly packSource: PackSource | undefined
  readonly findings: FindingList
  readonly slice: TimeSlice
  readonly signal: AbortSignal | undefined
}

const CACHE_BYTES = 8 * 1024 * 1024

/** The commits of a database as they lie in its storage, whatever of it is damaged. */
export class StoredHistory {
  readonly snapshots: readonly FoundSnapshot[]
  readonly packs: PackStore
  /** All that were found, those of records among them. */
  readonly commitByKey = new Map<CidKey, FoundCommit>()
  /** Those that lie in records, not in packs. */
  readonly recent: FoundCommit[] = []
  readonly #recentBlocks = new Map<CidKey, Uint8Array>()
  readonly #findings: FindingList

  private constructor(snapshots: readonly FoundSnapshot[], packs: PackStore, findings: FindingList) {
    this.snapshots = snapshots
    this.packs = packs
    this.#findings = findings
  }

  /** Reads all records, and every frame of every pack. */
  static async read(parts: StoredHistoryParts): Promise<StoredHistory> {
    const { store, packSource, findings, slice, signal } = parts
    const { storage, packSealer: sealer } = store
    const records = await store.records.readEach()
    const snapshots: FoundSnapshot[] = []
    for (const each of records) {
      if ('snapshot' in each) snapshots.push({ place: each.key, record: each.snapshot })
      if ('error' in each) findings.addError(each.error, 'a record cannot be read', { place: each.key })
    }
    const packs = new PackStore({ storage, sealer, cacheBytes: CACHE_BYTES })
    packs.useRemote(packSource)
    const history = new StoredHistory(snapshots, packs, findings)
    const remote = { source: packSource, reads: { ranges: 0, bytes: 0 } }
    const reads = { ranges: 0, bytes: 0 }
    const infos = new Map(snapshots.flatMap(({ record }) => record.packs).map(pack => [pack.name, pack]))
    for (const info of infos.values()) {
      packs.use([info], info.kind)
      const reader = new PackReader(info, { storage, sealer, keyOf: packKey, reads, remote })
      for await (const blocks of checkPack(reader, findings, slice)) {
        throwIfAborted(signal)
        for (const block of blocks) history.#find(block, packKey(info.name))
      }
    }
    for (const each of records) if ('blocks' in each) history.#findRecent(each.blocks, each.key)
    return history
  }

  /** Whether a commit was found. */
  has(cid: CID): boolean {
    return this.commitByKey.has(cidToKey(cid))
  }

  /** Reads a commit that was found. */
  async commit({ cid, key }: Pick<FoundCommit, 'cid' | 'key'>): Promise<Commit> {
    return decodeCommit({ cid, bytes: this.#recentBlocks.get(key) ?? (await this.packs.get(cid)) })
  }

  /** A block of a record or of a pack. */
  block(cid: CID): Uint8Array | Promise<Uint8Array> {
    return this.#recentBlocks.get(cidToKey(cid)) ?? this.packs.get(cid)
  }

  #findRecent(blocks: readonly Block[], place: string): void {
    for (const block of blocks) {
      this.#recentBlocks.set(cidToKey(block.cid), block.bytes)
      const found = this.#find(block, place)
      if (found !== undefined) this.recent.push(found)
    }
  }

  /** A commit that stands in several places is one; that in a pack is read. */
  #find(block: Block, place: string): FoundCommit | undefined {
    if (block.cid.code !== DAG_CBOR) return undefined
    try {
      const { cid, key, height, parents } = decodeCommit(block)
      const found = this.commitByKey.get(key) ?? { cid, key, height, parents, place }
      this.commitByKey.set(key, found)
      return found
    } catch (error) {
      this.#findings.addError(error, 'a commit cannot be read', { commit: block.cid.toString(), place })
      return undefined
    }
  }
}
