import * as dagCbor from '@ipld/dag-cbor'
import { type Block, DAG_CBOR, hashBlock, RAW } from '../codec/block.js'
import { CID, isSha256Cid } from '../codec/cid.js'
import { FirekeepError } from '../errors.js'

/** The chunks of a file, or of a part of one; or the lists of its parts. */
export interface ChunkList {
  readonly size: number
  readonly entries: readonly CID[]
  /** Whether the entries are chunks. */
  readonly isLowest: boolean
}

/** The block of a list: of the bytes of all chunks beneath it, and its entries in order. */
export async function encodeChunkList(size: number, entries: readonly CID[]): Promise<Block> {
  return hashBlock(DAG_CBOR, dagCbor.encode({ v: 1, size, chunks: entries }))
}

/** Reads the block of a list; `CORRUPT` where it is none. */
export function decodeChunkList(bytes: Uint8Array): ChunkList {
  const value = decode(bytes)
  const { v, size, chunks } = (value ?? {}) as Record<string, unknown>
  if (Number.isSafeInteger(v) && (v as number) > 1) {
    throw new FirekeepError('UNSUPPORTED_FORMAT', 'an attachment was stored by a newer version of Firekeep')
  }
  const entries = Array.isArray(chunks) ? chunks.map(entry => CID.asCID(entry)) : []
  const code = entries[0]?.code
  const isList = entries.every(entry => entry !== null && isSha256Cid(entry) && entry.code === code)
  if (v !== 1 || !Number.isSafeInteger(size) || !isList || (code !== RAW && code !== DAG_CBOR)) {
    throw new FirekeepError('CORRUPT', 'a list of the chunks of an attachment is damaged')
  }
  return { size: size as number, entries: entries as CID[], isLowest: code === RAW }
}

function decode(bytes: Uint8Array): unknown {
  try {
    return dagCbor.decode(bytes)
  } catch (cause) {
    throw new FirekeepError('CORRUPT', 'a list of the chunks of an attachment does not decode', { cause })
  }
}
