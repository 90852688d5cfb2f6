import { DAG_CBOR, DAG_JSON } from '../codec/block.js'
import { type CID, type CidKey, createCid } from '../codec/cid.js'
import { documentIdProblem } from '../codec/document-id.js'
import type { CommitRef } from '../commits/ancestry.js'
import { assert, FirekeepError } from '../errors.js'
import { bytesToUtf8, utf8ToBytes } from '../primitives/bytes.js'
import { DIGEST_BYTES, digestToCommitKey } from './commit-digest.js'
import { RecordReader } from './record-reader.js'
import { MAX_VARINT_BYTES, RecordWriter } from './record-writer.js'

/**
 * A leaf as the `docs` tree keeps it.
 *
 * Trap: of a decoded record these are computed when asked for, so `{ ...leaf }` does not have them.
 */
export interface LeafRecord extends CommitRef {
  readonly commit: CID
  /** The block with the content; `null` for a deletion. */
  readonly body: CID | null
  readonly purge: boolean
}

/** What the `docs` tree says of one document. */
export interface DocumentRecord {
  /** The winner first; never empty. */
  readonly leaves: readonly LeafRecord[]
  /** The winner's content; `undefined` where it is deleted or longer than {@link INLINE_BYTES}. */
  readonly body: Uint8Array | undefined
}

/**
 * The longest content of a winner that stands in the tree itself. A constant of the format: what is inline
 * follows from the content alone, so that equal histories have equal trees (L1).
 */
export const INLINE_BYTES = 4096

/** The key of a document in the `docs` tree: byte order is the order of ids by code point. */
export function idToTreeKey(id: string): Uint8Array {
  return utf8ToBytes(id)
}

/** The id behind {@link idToTreeKey}. `CORRUPT` when it is none. */
export function treeKeyToId(key: Uint8Array): string {
  let id: string | undefined
  let cause: unknown
  try {
    id = bytesToUtf8(key)
  } catch (error) {
    cause = error
  }
  if (documentIdProblem(id) === undefined) return id as string
  throw new FirekeepError('CORRUPT', 'the id of a document of a snapshot is damaged', { cause })
}

const DELETED = 1
const PURGE = 2
const INLINE = 4

/**
 * The value of a document in the `docs` tree.
 *
 * `leaves` come in winner order. `winnerBody` is the winner's content; leave it out only where the winner is
 * deleted or its content is known to be longer than {@link INLINE_BYTES}.
 */
export function encodeDocumentRecord(
  leaves: readonly LeafRecord[],
  winnerBody: Uint8Array | undefined,
): Uint8Array {
  const inline = winnerBody !== undefined && winnerBody.length <= INLINE_BYTES ? winnerBody : undefined
  assert(leaves.length > 0, 'a document has a leaf')
  assert(inline === undefined || !isDeletion(leaves[0] as LeafRecord), 'a deleted winner has no content')
  const perLeaf = 1 + MAX_VARINT_BYTES + 2 * DIGEST_BYTES
  const writer = new RecordWriter(2 * MAX_VARINT_BYTES + leaves.length * perLeaf + (inline?.length ?? 0))
  writer.varint(leaves.length)
  for (let i = 0; i < leaves.length; i++) {
    writeLeaf(writer, leaves[i] as LeafRecord, i === 0 ? inline : undefined)
  }
  return writer.finish()
}

function writeLeaf(writer: RecordWriter, leaf: LeafRecord, inline: Uint8Array | undefined): void {
  const deleted = isDeletion(leaf) ? DELETED : 0
  writer.byte(deleted + (leaf.purge ? PURGE : 0) + (inline === undefined ? 0 : INLINE))
  writer.varint(leaf.height)
  if (leaf instanceof StoredLeaf) writer.append(leaf.digests)
  else {
    writer.append(leaf.commit.multihash.digest)
    if (leaf.body !== null) writer.append(leaf.body.multihash.digest)
  }
  if (inline === undefined) return
  writer.varint(inline.length)
  writer.append(inline)
}

/** Reads the value of a document in the `docs` tree; nothing is copied. `CORRUPT` unless it is exactly one. */
export function decodeDocumentRecord(bytes: Uint8Array): DocumentRecord {
  const reader = new RecordReader(bytes, 'a document')
  const count = reader.varint()
  reader.check(count > 0)
  const leaves: StoredLeaf[] = []
  let body: Uint8Array | undefined
  for (let i = 0; i < count; i++) {
    const flags = reader.byte()
    reader.check(isLegal(flags, i === 0))
    const height = reader.varint()
    reader.check(height > 0)
    const digests = reader.take((flags & DELETED) === 0 ? 2 * DIGEST_BYTES : DIGEST_BYTES)
    const leaf = new StoredLeaf(digests, height, (flags & PURGE) !== 0)
    if (i > 0) reader.check(isBefore(leaves[i - 1] as StoredLeaf, leaf))
    leaves.push(leaf)
    if ((flags & INLINE) === 0) continue
    const length = reader.varint()
    reader.check(length <= INLINE_BYTES)
    body = reader.take(length)
  }
  reader.end()
  return { leaves, body }
}

function isLegal(flags: number, isWinner: boolean): boolean {
  return flags === 0 || flags === DELETED || flags === DELETED + PURGE || (isWinner && flags === INLINE)
}

/** The order of `compareLeaves`, without asking for ids. */
function isBefore(a: StoredLeaf, b: StoredLeaf): boolean {
  if (isDeletion(a) !== isDeletion(b)) return isDeletion(b)
  return a.height === b.height ? a.key > b.key : a.height > b.height
}

/** Whether it has no content; without asking for the id of a content. */
function isDeletion(leaf: LeafRecord): boolean {
  return leaf instanceof StoredLeaf ? leaf.digests.length === DIGEST_BYTES : leaf.body === null
}

/** Makes ids when they are asked for: making one costs more than all else that reading a document takes. */
class StoredLeaf implements LeafRecord {
  /** Of the commit and, unless it is a deletion, of the content. */
  readonly digests: Uint8Array
  readonly height: number
  readonly purge: boolean
  #commit: CID | undefined
  #key: CidKey | undefined
  #body: CID | undefined

  constructor(digests: Uint8Array, height: number, purge: boolean) {
    this.digests = digests
    this.height = height
    this.purge = purge
  }

  get commit(): CID {
    this.#commit ??= createCid(DAG_CBOR, this.digests.subarray(0, DIGEST_BYTES))
    return this.#commit
  }

  get key(): CidKey {
    this.#key ??= digestToCommitKey(this.digests.subarray(0, DIGEST_BYTES))
    return this.#key
  }

  get body(): CID | null {
    if (this.digests.length === DIGEST_BYTES) return null
    this.#body ??= createCid(DAG_JSON, this.digests.subarray(DIGEST_BYTES))
    return this.#body
  }
}
