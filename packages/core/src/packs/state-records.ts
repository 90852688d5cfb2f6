import { type Block, verifyBlock } from '../codec/block.js'
import { decodeCar, encodeCar } from '../codec/car.js'
import type { CidKey } from '../codec/cid.js'
import type { Sealer } from '../crypto/seal.js'
import { FirekeepError } from '../errors.js'
import { toBase32 } from '../primitives/bytes.js'
import type { Storage, StorageEntry } from '../storage/storage.js'
import { packContent, unpackContent } from './compression.js'
import { decodeSnapshotRecord, encodeSnapshotRecord, type SnapshotRecord } from './snapshot-record.js'

/**
 * What the state of a database is made of: all records under it. Names are random ids, which say nothing of the
 * content (L8) and have no order in time.
 */
export const STATE_PREFIX = 'state/'
const COMMIT_PREFIX = 'state/commit/'
export const SNAPSHOT_PREFIX = 'state/snapshot/'

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

/** What changed in the storage since the last look. */
export interface StateChange {
  /** The blocks of commit records that are new, all verified (L7); {@link StateRecords.note} is due for each. */
  readonly commits: readonly NewCommitRecord[]
  /** All snapshots there are now, by key; `undefined` when they are those of before. */
  readonly snapshots: ReadonlyMap<string, SnapshotRecord> | undefined
}

/**
 * The records of one storage whose union is the state: commit records (each a sealed CAR of one group of commits
 * and their bodies) and snapshot records, which stand for the commits that were folded into them. Records are
 * never changed; new ones are found by set difference.
 */
export class StateRecords {
  readonly #storage: Storage
  readonly #commitSealer: Sealer
  readonly #recordSealer: Sealer
  readonly #random: (length: number) => Uint8Array
  readonly #compress: boolean
  /** Commit record -> the commits in it. */
  readonly #contentByRecord = new Map<string, CommitRecordContent>()
  #snapshots: ReadonlyMap<string, SnapshotRecord> = new Map()

  constructor(parts: StateRecordsParts) {
    this.#storage = parts.storage
    this.#commitSealer = parts.commitSealer
    this.#recordSealer = parts.recordSealer
    this.#random = parts.random
    this.#compress = parts.compress
  }

  /** The keys of all records that were read or written here, ascending: what a `seen` guard takes. */
  get knownKeys(): readonly string[] {
    return [...this.#contentByRecord.keys(), ...this.#snapshots.keys()].sort()
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
    return [COMMIT_PREFIX + toBase32(this.#random(16)), bytes]
  }

  /** Makes the storage entry of a snapshot; it counts as known only after {@link StateRecords.replace}. */
  async sealSnapshot(snapshot: SnapshotRecord): Promise<StorageEntry> {
    const bytes = await encodeSnapshotRecord(snapshot, this.#recordSealer)
    return [SNAPSHOT_PREFIX + toBase32(this.#random(16)), bytes]
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
          .filter(([key]) => key.startsWith(COMMIT_PREFIX))
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

  /** The entries that are not known, after forgetting those that are gone; `undefined` when some vanished meanwhile. */
  async #newEntries(): Promise<readonly StorageEntry[] | undefined> {
    if (this.isEmpty) {
      return this.#storage.getAll(STATE_PREFIX)
    }
    const listed = await this.#storage.list(STATE_PREFIX)
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
    const fresh = entries.filter(([key]) => key.startsWith(SNAPSHOT_PREFIX))
    if (fresh.length === 0) return undefined
    const snapshots = new Map(this.#snapshots)
    for (const [key, value] of fresh) {
      snapshots.set(key, await unreadable(key, () => decodeSnapshotRecord(value, this.#recordSealer)))
    }
    return snapshots
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
