import { type Block, DAG_CBOR, verifyBlock } from '../codec/block.js'
import { decodeCar, encodeCar } from '../codec/car.js'
import { type CID, type CidKey, cidToKey } from '../codec/cid.js'
import type { Sealer } from '../crypto/seal.js'
import { FirekeepError } from '../errors.js'
import { toBase32 } from '../primitives/bytes.js'
import type { Storage, StorageEntry } from '../storage/storage.js'
import type { BlockReader } from './block-reader.js'

/** Where commit records lie: `commit/` + a random id, which says nothing of the content (L8). */
export const COMMIT_PREFIX = 'commit/'

export interface CommitRecordsParts {
  readonly storage: Storage
  readonly sealer: Sealer
  /** Random bytes for record ids. */
  readonly random: (length: number) => Uint8Array
}

/**
 * The commit records of one storage: each a sealed CAR of one group of commits and their bodies. Records are
 * written once, never changed, and found by set difference: keys have no order in time.
 */
export class CommitRecords implements BlockReader {
  readonly #storage: Storage
  readonly #sealer: Sealer
  readonly #random: (length: number) => Uint8Array
  readonly #known = new Set<string>()
  readonly #recordByCommit = new Map<CidKey, string>()
  #lastRead: { readonly record: string; readonly blocks: Promise<Map<CidKey, Uint8Array>> } | undefined

  constructor(parts: CommitRecordsParts) {
    this.#storage = parts.storage
    this.#sealer = parts.sealer
    this.#random = parts.random
  }

  /** The keys of all records that were read or written here, ascending: what a `seen` guard takes. */
  get knownKeys(): readonly string[] {
    return [...this.#known].sort()
  }

  /** Makes the storage entry of a group of commits; it counts as known only after {@link CommitRecords.note}. */
  async seal(blocks: readonly Block[]): Promise<StorageEntry> {
    const bytes = await this.#sealer.seal(encodeCar([], blocks))
    return [COMMIT_PREFIX + toBase32(this.#random(16)), bytes]
  }

  /** Remembers that a record is stored and what it holds. */
  note(record: string, blocks: readonly Block[]): void {
    this.#known.add(record)
    for (const { cid } of blocks) if (cid.code === DAG_CBOR) this.#recordByCommit.set(cidToKey(cid), record)
  }

  /** Reads the records that are new since the last call, with every block verified (L7). */
  async readNew(): Promise<Block[]> {
    const entries = await this.#unknownEntries()
    const opened = await Promise.all(
      entries.map(async ([key, value]) => [key, await this.#open(key, value)] as const),
    )
    for (const [key, blocks] of opened) this.note(key, blocks)
    return opened.flatMap(([, blocks]) => blocks)
  }

  async #unknownEntries(): Promise<readonly StorageEntry[]> {
    if (this.#known.size === 0) return this.#storage.getAll(COMMIT_PREFIX)
    const keys = (await this.#storage.list(COMMIT_PREFIX)).filter(key => !this.#known.has(key))
    const values = await Promise.all(keys.map(key => this.#storage.get(key)))
    return keys.flatMap((key, i) => (values[i] === undefined ? [] : [[key, values[i]] as const]))
  }

  async #open(record: string, sealed: Uint8Array): Promise<Block[]> {
    try {
      const { blocks } = decodeCar(await this.#sealer.open(sealed))
      for (const block of blocks) await verifyBlock(block)
      return blocks
    } catch (cause) {
      const code = cause instanceof FirekeepError ? cause.code : 'CORRUPT'
      const reason = cause instanceof Error ? cause.message : String(cause)
      throw new FirekeepError(code, `record ${record} cannot be read: ${reason}`, {
        cause,
        details: { record },
      })
    }
  }

  /** Reads a commit block. */
  get(cid: CID): Promise<Uint8Array> {
    return this.getBeside(cid, cid)
  }

  /** Reads a block that lies in the same record as a commit. */
  async getBeside(commit: CID, cid: CID): Promise<Uint8Array> {
    const record = this.#recordByCommit.get(cidToKey(commit))
    const blocks = record === undefined ? undefined : await this.#readBlocks(record)
    const bytes = blocks?.get(cidToKey(cid))
    if (bytes === undefined) {
      throw new FirekeepError('BLOCK_MISSING', `block ${cid} is in no record`, {
        details: { cid: cid.toString() },
      })
    }
    return bytes
  }

  /** Neighbouring reads mostly want the same record, so the last one stays open. */
  #readBlocks(record: string): Promise<Map<CidKey, Uint8Array>> {
    if (this.#lastRead?.record !== record) {
      const blocks = this.#storage.get(record).then(async sealed => {
        if (sealed === undefined) return new Map<CidKey, Uint8Array>()
        return new Map((await this.#open(record, sealed)).map(block => [cidToKey(block.cid), block.bytes]))
      })
      this.#lastRead = { record, blocks }
    }
    return this.#lastRead.blocks
  }
}
