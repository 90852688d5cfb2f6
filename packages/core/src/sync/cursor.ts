import * as dagCbor from '@ipld/dag-cbor'
import { CID } from '../codec/cid.js'
import type { Sealer } from '../crypto/seal.js'
import { FirekeepError } from '../errors.js'
import { EMPTY_LOG_HASH } from '../protocol/log-hash.js'
import type { LogPosition } from '../protocol/remote.js'
import type { StorageEntry } from '../storage/storage.js'

/** How far a replica has read a remote's log, and what it knows to be there. */
export interface Cursor extends LogPosition {
  /** The heads of the commits that were read from the log. */
  readonly heads: readonly CID[]
  /** Purging commits that were sent from here, whose documents may still have contents in the log. */
  readonly purges: readonly CID[]
}

export const START: Cursor = { seq: 0, hash: EMPTY_LOG_HASH, heads: [], purges: [] }

/** The storage entry of a cursor; it is written in the same batch as the commits it covers. */
export async function encodeCursor(key: string, cursor: Cursor, sealer: Sealer): Promise<StorageEntry> {
  const { seq, hash, heads, purges } = cursor
  return [key, await sealer.seal(dagCbor.encode({ v: 1, seq, hash, heads, purges }))]
}

/** `CORRUPT` when the stored bytes are not a cursor. */
export async function decodeCursor(sealed: Uint8Array, sealer: Sealer): Promise<Cursor> {
  const value: unknown = dagCbor.decode(await sealer.open(sealed))
  if (isCursor(value)) return { seq: value.seq, hash: value.hash, heads: value.heads, purges: value.purges }
  throw new FirekeepError('CORRUPT', 'the cursor of a remote does not decode')
}

function isCursor(value: unknown): value is Cursor {
  const { v, seq, hash, heads, purges } = (value ?? {}) as Record<string, unknown>
  return (
    v === 1 &&
    Number.isSafeInteger(seq) &&
    hash instanceof Uint8Array &&
    isCidList(heads) &&
    isCidList(purges)
  )
}

function isCidList(value: unknown): boolean {
  return Array.isArray(value) && value.every(each => CID.asCID(each) !== null)
}
