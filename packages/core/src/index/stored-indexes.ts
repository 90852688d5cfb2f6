import { hashBlock, RAW } from '../codec/block.js'
import type { Sealer } from '../crypto/seal.js'
import { hasErrorCode } from '../errors.js'
import { PackStore } from '../packs/pack-store.js'
import { equalBytes, utf8ToBytes } from '../primitives/bytes.js'
import type { Storage, StorageEntry } from '../storage/storage.js'
import type { IndexDefinition } from './definition.js'
import { foldTrees } from './fold-trees.js'
import type { IndexBase, IndexFold, IndexStore } from './index-base.js'
import { type RepackParts, removePacks, repack } from './index-packs.js'
import { decodeIndexRecord, encodeIndexRecord, type IndexPack, type IndexRecord } from './index-record.js'
import { StoredBase } from './stored-base.js'

export interface StoredIndexesParts {
  readonly storage: Pick<Storage, 'get' | 'getRange' | 'list' | 'batch'>
  /** Of the kind `pack`. */
  readonly packSealer: Sealer
  /** Of the kind `record`. */
  readonly recordSealer: Sealer
  /** Makes names that say nothing of what they name (L8): see `createRecordNamer`. */
  readonly nameOf: (name: string) => string
  /** Lengths of compressed pages say more of them. */
  readonly compress: boolean
  /** What the keys of its records begin with: `recordScope` of the database. Default: nothing. */
  readonly scope?: string
  /** The most bytes of pages that each index keeps in memory. Default 8 MiB. */
  readonly cacheBytes?: number
}

/**
 * The indexes of one database in its storage: local caches, one record and a few packs each. The record written last
 * wins, whoever wrote it; who still reads packs of another one notices that they are gone and recovers.
 */
export class StoredIndexes implements IndexStore {
  readonly #parts: StoredIndexesParts

  constructor(parts: StoredIndexesParts) {
    this.#parts = parts
  }

  async load(definition: IndexDefinition): Promise<IndexBase | undefined> {
    const record = await this.#readRecord(definition)
    return record && this.#open(definition, record)
  }

  async recover(definition: IndexDefinition, damaged: IndexBase): Promise<IndexBase | undefined> {
    const record = await this.#readRecord(definition)
    const { packs } = (damaged as StoredBase).parts
    if (record !== undefined && nameAll(record.packs) !== nameAll(packs))
      return this.#open(definition, record)
    await this.#drop(definition)
    return undefined
  }

  async fold(fold: IndexFold): Promise<IndexBase> {
    const { definition, heads, breathe, overlay } = fold
    const base = fold.base as StoredBase | undefined
    const { reader: store, packs: before } = base?.parts ?? {
      reader: this.#createStore(definition),
      packs: [],
    }
    const trees = await foldTrees({ base, overlay, breathe, reader: store })
    // A part of a build only adds packs: what is stored stays whole until the build is.
    const parts = { ...this.#repackParts(definition, store), merges: heads !== undefined, breathe }
    const { packs, written, last } = await repack(parts, before, trees)
    const source = await sourceHash(definition)
    const { rows = null, documents = null, size, skipped } = trees
    const unindexed = [...new Set([...fold.unindexed, ...(base?.parts.unindexed ?? [])])].slice(0, UNINDEXED)
    const record = { heads: heads ?? [], rows, documents, size, skipped, source, unindexed, packs }
    const puts = last === undefined ? [] : [last]
    try {
      if (heads === undefined) await this.#parts.storage.batch(puts, [])
      else await this.#writeRecord(definition, record, puts)
    } catch (error) {
      await removePacks(parts, written).catch(() => undefined)
      throw error
    }
    store.use(written, 'tree')
    const kept = new Set(packs.map(({ name }) => name))
    store.forget(before.flatMap(({ name }) => (kept.has(name) ? [] : [name])))
    return this.#toBase(record, store, true)
  }

  async #open(definition: IndexDefinition, record: IndexRecord): Promise<IndexBase> {
    const source = await sourceHash(definition)
    const isSame = source === null ? record.source === null : isEqual(source, record.source)
    const store = this.#createStore(definition)
    store.use(record.packs, 'tree')
    return this.#toBase(record, store, isSame)
  }

  #toBase(record: IndexRecord, store: PackStore, isSameSource: boolean): IndexBase {
    const { heads, size, skipped, unindexed, packs } = record
    const trees = { rows: record.rows ?? undefined, documents: record.documents ?? undefined }
    return new StoredBase({ ...trees, reader: store, packs, heads, size, skipped, isSameSource, unindexed })
  }

  #createStore(definition: IndexDefinition): PackStore {
    const { storage, packSealer, cacheBytes = CACHE_BYTES } = this.#parts
    const keyOf = this.#keyMaker(definition)
    return new PackStore({ storage, sealer: packSealer, cacheBytes, keyOf })
  }

  #repackParts(definition: IndexDefinition, store: PackStore): Omit<RepackParts, 'merges' | 'breathe'> {
    const { storage, packSealer, compress } = this.#parts
    return { storage, store, sealer: packSealer, compress, keyOf: this.#keyMaker(definition) }
  }

  /** `undefined` where there is none, or one that cannot be used, which the next fold replaces. */
  async #readRecord(definition: IndexDefinition): Promise<IndexRecord | undefined> {
    const sealed = await this.#parts.storage.get(this.#recordKey(definition))
    if (sealed === undefined) return undefined
    try {
      return await decodeIndexRecord(sealed, this.#parts.recordSealer)
    } catch (error) {
      if (UNUSABLE.some(code => hasErrorCode(error, code))) return undefined
      throw error
    }
  }

  /** One step: the record names what is there, and what no record names goes. */
  async #writeRecord(
    definition: IndexDefinition,
    record: IndexRecord,
    puts: readonly StorageEntry[],
  ): Promise<void> {
    const { storage, recordSealer } = this.#parts
    const keyOf = this.#keyMaker(definition)
    const named = new Set(record.packs.map(({ name }) => keyOf(name)))
    const stored = await storage.list(keyOf(''))
    const sealed = await encodeIndexRecord(record, recordSealer)
    await storage.batch(
      [...puts, [this.#recordKey(definition), sealed]],
      stored.filter(key => !named.has(key)),
    )
  }

  async #drop(definition: IndexDefinition): Promise<void> {
    const { storage } = this.#parts
    const stored = await storage.list(this.#keyMaker(definition)(''))
    await storage.batch([], [this.#recordKey(definition), ...stored])
  }

  #recordKey({ identity }: IndexDefinition): string {
    const { scope = '', nameOf } = this.#parts
    return `${scope}index/${nameOf(`index/${identity}`)}`
  }

  #keyMaker(definition: IndexDefinition): (name: string) => string {
    const prefix = `${this.#recordKey(definition)}/`
    return name => prefix + name
  }
}

const CACHE_BYTES = 8 * 1024 * 1024
const UNINDEXED = 8
const UNUSABLE = ['CORRUPT', 'WRONG_KEY', 'UNSUPPORTED_FORMAT'] as const

/** Of the text of a map function: another text may give other rows. */
async function sourceHash({ map }: IndexDefinition): Promise<Uint8Array | null> {
  if (map === undefined) return null
  const { cid } = await hashBlock(RAW, utf8ToBytes(Function.prototype.toString.call(map)))
  return cid.multihash.digest
}

function isEqual(a: Uint8Array, b: Uint8Array | null): boolean {
  return b !== null && equalBytes(a, b)
}

function nameAll(packs: readonly IndexPack[]): string {
  return packs.map(({ name }) => name).join()
}
