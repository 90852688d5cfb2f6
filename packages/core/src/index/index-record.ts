import * as dagCbor from '@ipld/dag-cbor'
import { CID } from '../codec/cid.js'
import type { Sealer } from '../crypto/seal.js'
import { FirekeepError } from '../errors.js'
import type { PackInfo } from '../packs/pack-info.js'

/** A pack of an index, and how much of it is in use. */
export interface IndexPack extends PackInfo {
  /** Bytes of all blocks in it. */
  readonly bytes: number
  /** Of these, bytes of nodes that are no part of the trees any more. */
  readonly dead: number
}

/** What is stored of one index: its trees, where they lie, and what they cover (`docs/format.md`, Index records). */
export interface IndexRecord {
  readonly heads: readonly string[]
  readonly rows: CID | null
  readonly documents: CID | null
  readonly size: number
  readonly skipped: number
  /** SHA-256 of the source text of the map function; `null` for fields. */
  readonly source: Uint8Array | null
  readonly unindexed: readonly string[]
  /** Oldest first. */
  readonly packs: readonly IndexPack[]
}

export function encodeIndexRecord(record: IndexRecord, sealer: Sealer): Promise<Uint8Array> {
  return sealer.seal(dagCbor.encode({ v: 1, ...record }))
}

/** `CORRUPT` when the stored bytes are no index record, `UNSUPPORTED_FORMAT` when a newer version wrote them. */
export async function decodeIndexRecord(sealed: Uint8Array, sealer: Sealer): Promise<IndexRecord> {
  const { v, ...record } = decodeMap(await sealer.open(sealed))
  if (typeof v === 'number' && v > 1)
    throw new FirekeepError('UNSUPPORTED_FORMAT', 'an index was stored by a newer version of Firekeep')
  if (v === 1 && isRecord(record)) return record
  throw new FirekeepError('CORRUPT', 'an index record does not decode')
}

function decodeMap(bytes: Uint8Array): Record<string, unknown> {
  try {
    return { ...(dagCbor.decode(bytes) as object) }
  } catch (cause) {
    throw new FirekeepError('CORRUPT', 'an index record does not decode', { cause })
  }
}

function isRecord(record: { readonly [field in keyof IndexRecord]?: unknown }): record is IndexRecord {
  const { heads, rows, documents, size, skipped, source, unindexed, packs } = record
  const isCounted = Number.isSafeInteger(size) && Number.isSafeInteger(skipped)
  const isSource = source === null || source instanceof Uint8Array
  return (
    isCounted &&
    isSource &&
    isRoot(rows) &&
    isRoot(documents) &&
    isTexts(heads) &&
    isTexts(unindexed) &&
    isPacks(packs)
  )
}

function isRoot(root: unknown): boolean {
  return root === null || CID.asCID(root) !== null
}

function isTexts(list: unknown): boolean {
  return Array.isArray(list) && list.every(item => typeof item === 'string')
}

function isPacks(list: unknown): boolean {
  return Array.isArray(list) && list.every(isPack)
}

function isPack(pack: Partial<IndexPack>): boolean {
  const { name, length, bytes, dead, directory } = pack
  const numbers = [length, bytes, dead, directory?.offset, directory?.length]
  return typeof name === 'string' && numbers.every(Number.isSafeInteger)
}
