import * as dagCbor from '@ipld/dag-cbor'
import { CID } from '../codec/cid.js'
import type { Sealer } from '../crypto/seal.js'
import { FirekeepError } from '../errors.js'
import type { PackInfo } from './pack-info.js'
import type { PackKind } from './pack-store.js'

/** A commit as a snapshot names it: enough to go on from it without reading the history. */
export interface HeadRecord {
  readonly cid: CID
  readonly height: number
  readonly parents: readonly { readonly cid: CID; readonly height: number }[]
}

/** A pack of a snapshot, and how much of it nobody needs any more. */
export interface SnapshotPack extends PackInfo {
  /** What it holds: nodes of the two trees, or commits and the contents that no tree holds. */
  readonly kind: PackKind
  /** Bytes of its blocks, as they are before they are sealed. */
  readonly bytes: number
  /** Of them, those of nodes that are no part of the trees any more. */
  readonly dead: number
}

/** A pack that was in use until some moment, in milliseconds since 1970: views may still read it. */
export interface ReplacedPack {
  readonly name: string
  readonly time: number
}

/** What one snapshot record holds: the state of a folded history, and where it lies. */
export interface SnapshotRecord {
  readonly heads: readonly HeadRecord[]
  readonly docs: CID | null
  readonly history: CID | null
  /** Oldest first. */
  readonly packs: readonly SnapshotPack[]
  readonly replaced: readonly ReplacedPack[]
  /** Digests of the file packs that commits of the history name with contents that are kept, ascending; none: left out. */
  readonly files?: readonly Uint8Array[]
}

export async function encodeSnapshotRecord(record: SnapshotRecord, sealer: Sealer): Promise<Uint8Array> {
  return sealer.seal(dagCbor.encode({ v: 1, ...record }))
}

/** `CORRUPT` when the stored bytes are no snapshot, `UNSUPPORTED_FORMAT` when a newer version wrote them. */
export async function decodeSnapshotRecord(sealed: Uint8Array, sealer: Sealer): Promise<SnapshotRecord> {
  const value = dagCbor.decode<Partial<SnapshotRecord> & { v?: unknown }>(await sealer.open(sealed))
  const { v, ...record } = value ?? {}
  if (v !== 1 && Number.isSafeInteger(v))
    throw new FirekeepError('UNSUPPORTED_FORMAT', 'a snapshot was written by a newer version of Firekeep')
  if (v === 1 && isRecord(record)) return record
  throw new FirekeepError('CORRUPT', 'a snapshot record does not decode')
}

function isRecord(record: Partial<SnapshotRecord>): record is SnapshotRecord {
  const { heads, docs, history, packs, replaced, files = [] } = record
  return (
    Array.isArray(heads) &&
    heads.every(head => CID.asCID(head.cid) !== null && Array.isArray(head.parents)) &&
    isRoot(docs) &&
    isRoot(history) &&
    Array.isArray(packs) &&
    packs.every(pack => typeof pack.name === 'string' && Number.isSafeInteger(pack.length)) &&
    Array.isArray(replaced) &&
    Array.isArray(files) &&
    files.every(digest => digest instanceof Uint8Array)
  )
}

function isRoot(root: unknown): boolean {
  return root === null || CID.asCID(root) !== null
}
