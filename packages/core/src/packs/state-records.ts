import { type Block, verifyBlock } from '../codec/block.js'
import { decodeCar, encodeCar } from '../codec/car.js'
import type { CidKey } from '../codec/cid.js'
import type { Sealer } from '../crypto/seal.js'
import { FirekeepError } from '../errors.js'
import { toBase32 } from '../primitives/bytes.js'
import type { Storage, StorageEntry } from '../storage/storage.js'
import { packContent, unpackContent } from './compression.js'
import { decodeSnapshotRecord, encodeSnapshotRecord, type SnapshotRecord } from './snapshot-record.js'
import { SNAPSHOT_PREFIX, STATE_PREFIX, StateKeys } from './state-keys.js'

/** Smaller commit records are mostly digests and signatures, and compressing takes longer than what it saves. */
const COMPRESSED_FROM = 1024

export interface StateRecordsParts {
  readonly storage: Storage
  readonly commitSealer: Sealer
  readonly recordSealer: Sealer
  /** Random bytes for record ids. */
  readonly random: (length: number) => Uint8Array
  /** Whether commit records are compressed where they are large; their lengths then say more of them. */
  readonly compress: boolean
  /** Of the fork whose records these are; `undefined` for the database that the lineage began with. */
  readonly forkNonce?: Uint8Array | undefined
}

/** What a commit record holds. */
export interface CommitRecordContent {
  /** Its commits; `undefined` when one of them is of a newer format. */
  readonly commits: readonly CommitPlace[] | undefined
  /** Stored bytes. */
  readonly length: number
}

/** What finds a commit in a history. */
interface CommitPlace {
  readonly key: CidKey
  readonly height: number
}

/** A commit record that is new here. */
export interface NewCommitRecord {
  readonly key: string
  readonly blocks: readonly Block[]
  readonly length: number
}

/** A record as it lies in the storage: what it holds, or why it cannot be read. */
export type StoredRecord =
  | { readonly key: string; readonly blocks: readonly Block[] }
  | { readonly key: string; readonly snapshot: SnapshotRecord }
  | { readonly key: string; readonly error: unknown }

/** What changed in the storage since the last look. */
export interface StateChange {
  /** The blocks of commit records that are new, all verified (L7); {@link StateRecords.note} is due for each. */
  readonly commits: readonly NewCommitRecord[]
  /** All snapshots there are now, by key; `undefined` when they are those of before. */
  readonly snapshots: ReadonlyMap<string, SnapshotRecord> | undefined
}

/**
 * The records of one database whose union is the state: commit records (each a sealed CAR of one group of commits
 * and their bodies) and snapshot records, which stand for the commits that were folded into them. Records are
 * never changed; new ones are found by set difference.
 *
 * Forks of the database have theirs in the same storage. They are no part of the state, but guards cover them too, as
 * packs are shared.
 */
export class StateRecords {
  readonly #storage: Storage
  readonly #commitSealer: Sealer
  readonly #recordSealer: Sealer
  readonly #random: (length: number) => Uint8Array
  readonly #compress: boolean
  readonly #keys: StateKeys
  /** Keys of other databases of the storage, as they were listed last. */
  #foreign: readonly string[] = []
  readonly #foreignSnapshots = new Map<string, SnapshotRecord>()
  /** Commit record -> the commits in it. */
  readonly #contentByRecord = new Map<string, CommitRecordContent>()
  #snapshots: ReadonlyMap<string, SnapshotRecord> = new Map()

  constructor(parts: StateRecordsParts) {
    this.#storage = parts.storage
    this.#commitSealer = parts.commitSealer
    this.#recordSealer = parts.recordSealer
    this.#random = parts.random
    this.#compress = parts.compress
    this.#keys = new StateKeys(parts.forkNonce)
  }

  /** The keys of all records that were read or written here, ascending. */
  get ownKeys(): readonly string[] {
    return [...this.#contentByRecord.keys(), ...this.#snapshots.keys()].sort()
  }

  /** Those, and the keys of other databases of the storage as they were listed last: what a `seen` guard takes. */
  get knownKeys(): readonly string[] {
    return [...this.ownKeys, ...this.#foreign].sort()
  }

  /** Of the known keys those of snapshots. */
  get knownSnapshotKeys(): readonly string[] {
    return [...this.#snapshots.keys(), ...this.#foreignSnapshotKeys].sort()
  }

  get #foreignSnapshotKeys(): readonly string[] {
    return this.#foreign.filter(key => key.startsWith(SNAPSHOT_PREFIX))
  }

  /** The commit records of other databases of the storage, as they were listed last. */
  get foreignCommitKeys(): readonly string[] {
    return this.#foreign.filter(key => !key.startsWith(SNAPSHOT_PREFIX))
  }

  /**
   * The snapshots of other databases of the storage, as they were listed last. One that is gone since is left out: a
   * guard over all snapshots does not hold then. `CORRUPT` and the like where one cannot be read.
   */
  async readForeignSnapshots(): Promise<readonly SnapshotRecord[]> {
    const keys = this.#foreignSnapshotKeys
    for (const key of this.#foreignSnapshots.keys())
      if (!keys.includes(key)) this.#foreignSnapshots.delete(key)
    for (const key of keys) {
      if (this.#foreignSnapshots.has(key)) continue
      const sealed = await this.#storage.get(key)
      if (sealed === undefined) continue
      this.#foreignSnapshots.set(key, await this.#openSnapshot(key, sealed))
    }
    return [...this.#foreignSnapshots.values()]
  }

  /** Whether none is known. */
  get isEmpty(): boolean {
    return this.#contentByRecord.size === 0 && this.#snapshots.size === 0
  }

  /** The snapshot records that were read or written here, by key. */
  get snapshots(): ReadonlyMap<string, SnapshotRecord> {
    return this.#snapshots
  }

  /** The commit records and what is in them. */
  get commitRecords(): Iterable<readonly [record: string, content: CommitRecordContent]> {
    return this.#contentByRecord
  }

  /** Makes the storage entry of a group of commits; it counts as known only after {@link StateRecords.note}. */
  async sealCommits(blocks: readonly Block[]): Promise<StorageEntry> {
    const car = encodeCar([], blocks)
    const content = packContent(car, this.#compress && car.length >= COMPRESSED_FROM)
    const bytes = await this.#commitSealer.seal(content)
    return [this.#keys.commitPrefix + toBase32(this.#random(16)), bytes]
  }

  /** Makes the storage entry of a snapshot; it counts as known only after {@link StateRecords.replace}. */
  async sealSnapshot(snapshot: SnapshotRecord): Promise<StorageEntry> {
    return this.#sealSnapshot(snapshot, this.#keys)
  }

  /** As {@link StateRecords.sealSnapshot}, of a fork in this storage. */
  sealForkSnapshot(snapshot: SnapshotRecord, forkNonce: Uint8Array): Promise<StorageEntry> {
    return this.#sealSnapshot(snapshot, new StateKeys(forkNonce))
  }

  async #sealSnapshot(snapshot: SnapshotRecord, { snapshotPrefix }: StateKeys): Promise<StorageEntry> {
    const bytes = await encodeSnapshotRecord(snapshot, this.#recordSealer)
    return [snapshotPrefix + toBase32(this.#random(16)), bytes]
  }

  /** The stored bytes of all known commit records, under keys of a fork; `undefined` where one is gone. */
  async copyCommits(forkNonce: Uint8Array): Promise<readonly StorageEntry[] | undefined> {
    const { commitPrefix } = new StateKeys(forkNonce)
    const entries: StorageEntry[] = []
    for (const record of this.#contentByRecord.keys()) {
      const sealed = await this.#storage.get(record)
      if (sealed === undefined) return undefined
      entries.push([commitPrefix + toBase32(this.#random(16)), sealed])
    }
    return entries
  }

  /** Whether there are snapshots of a fork, as of the last listing. */
  hasFork(forkNonce: Uint8Array): boolean {
    const keys = new StateKeys(forkNonce)
    return this.#foreign.some(key => keys.isSnapshot(key))
  }

  /** Remembers that a commit record is stored and what it holds. */
  note(record: string, content: CommitRecordContent): void {
    this.#contentByRecord.set(record, content)
  }

  /** Whether a commit record was read or written here and not folded since. */
  has(record: string): boolean {
    return this.#contentByRecord.has(record)
  }

  /** Counts nothing as known any more, so that the next look reads all there is. */
  forget(): void {
    this.#contentByRecord.clear()
    this.#snapshots = new Map()
  }

  /** Reads a commit record again; `undefined` where it is gone. */
  async readCommits(record: string): Promise<readonly Block[] | undefined> {
    const sealed = await this.#storage.get(record)
    return sealed && this.#openCommits(record, sealed)
  }

  /** Remembers that a commit record is another one now. */
  renote(before: string, record: string, content: CommitRecordContent): void {
    this.#contentByRecord.delete(before)
    this.#contentByRecord.set(record, content)
  }

  /** Remembers that a snapshot stands for all snapshots and for these commit records now. */
  replace(key: string, snapshot: SnapshotRecord, commitRecords: readonly string[]): void {
    this.#snapshots = new Map([[key, snapshot]])
    for (const record of commitRecords) this.#contentByRecord.delete(record)
  }

  /** Takes in what other holders of the storage changed; its records are of one moment. */
  async readChange(): Promise<StateChange> {
    for (;;) {
      const entries = await this.#newEntries()
      // A record that was listed and is gone was folded into a snapshot, which came in the same step.
      if (entries === undefined) continue
      const commits = await Promise.all(
        entries
          .filter(([key]) => this.#keys.isCommit(key))
          .map(async ([key, value]) => ({
            key,
            blocks: await this.#openCommits(key, value),
            length: value.length,
          })),
      )
      const snapshots = await this.#readSnapshots(entries)
      if (snapshots !== undefined) this.#snapshots = snapshots
      return { commits, snapshots }
    }
  }

  /** All records as they lie in the storage now, also those that are damaged. Nothing of it counts as known. */
  async readEach(): Promise<StoredRecord[]> {
    const all = await this.#storage.getAll(STATE_PREFIX)
    const read = async ([key, value]: StorageEntry): Promise<StoredRecord> =>
      this.#keys.isCommit(key)
        ? { key, blocks: await this.#openCommits(key, value) }
        : { key, snapshot: await this.#openSnapshot(key, value) }
    const own = all.filter(([key]) => this.#keys.isOwn(key))
    return Promise.all(own.map(entry => read(entry).catch(error => ({ key: entry[0], error }))))
  }

  /** The entries that are not known, after forgetting those that are gone; `undefined` when some vanished meanwhile. */
  async #newEntries(): Promise<readonly StorageEntry[] | undefined> {
    if (this.isEmpty) {
      const all = await this.#storage.getAll(STATE_PREFIX)
      this.#foreign = all.map(([key]) => key).filter(key => !this.#keys.isOwn(key))
      return all.filter(([key]) => this.#keys.isOwn(key))
    }
    const all = await this.#storage.list(STATE_PREFIX)
    this.#foreign = all.filter(key => !this.#keys.isOwn(key))
    const listed = all.filter(key => this.#keys.isOwn(key))
    // A fold leaves a snapshot. The storage itself goes with the last database in it only.
    if (listed.length === 0) throw new FirekeepError('CLOSED', 'the database was removed')
    const isNew = (key: string) => !this.#contentByRecord.has(key) && !this.#snapshots.has(key)
    const keys = listed.filter(isNew)
    const values = await Promise.all(keys.map(key => this.#storage.get(key)))
    if (values.includes(undefined)) return undefined
    const present = new Set(listed)
    for (const key of this.#contentByRecord.keys()) if (!present.has(key)) this.#contentByRecord.delete(key)
    const kept = [...this.#snapshots].filter(([key]) => present.has(key))
    if (kept.length < this.#snapshots.size) this.#snapshots = new Map(kept)
    return keys.map((key, i) => [key, values[i] as Uint8Array] as const)
  }

  async #readSnapshots(entries: readonly StorageEntry[]): Promise<Map<string, SnapshotRecord> | undefined> {
    const fresh = entries.filter(([key]) => this.#keys.isSnapshot(key))
    if (fresh.length === 0) return undefined
    const snapshots = new Map(this.#snapshots)
    for (const [key, value] of fresh) {
      snapshots.set(key, await this.#openSnapshot(key, value))
    }
    return snapshots
  }

  #openSnapshot(record: string, sealed: Uint8Array): Promise<SnapshotRecord> {
    return unreadable(record, () => decodeSnapshotRecord(sealed, this.#recordSealer))
  }

  #openCommits(record: string, sealed: Uint8Array): Promise<Block[]> {
    return unreadable(record, async () => {
      const { blocks } = decodeCar(unpackContent(await this.#commitSealer.open(sealed)))
      for (const block of blocks) await verifyBlock(block)
      return blocks
    })
  }
}

/** Names the record in the error when it cannot be read. */
async function unreadable<T>(record: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (cause) {
    const code = cause instanceof FirekeepError ? cause.code : 'CORRUPT'
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new FirekeepError(code, `record ${record} cannot be read: ${reason}`, {
      cause,
      details: { record },
    })
  }
}
