import { DAG_CBOR } from '../codec/block.js'
import { type CID, type CidKey, createCid } from '../codec/cid.js'
import type { CommitNode, CommitRef } from '../commits/ancestry.js'
import { COMMIT_LIMITS } from '../commits/commit.js'
import { assert } from '../errors.js'
import { commitKeyToDigest, DIGEST_BYTES, digestToCommitKey } from './commit-digest.js'
import { RecordReader } from './record-reader.js'
import { MAX_VARINT_BYTES, RecordWriter } from './record-writer.js'

/** What the `history` tree says of one commit. */
export interface CommitRecord {
  /** Trap: `cid` of a decoded record is computed when asked for, so `{ ...node }` does not have it. */
  readonly node: CommitNode
  /** As in the commit: a remark of its author, in milliseconds since 1970. */
  readonly time: number
  /** The author's public key. */
  readonly author: Uint8Array
}

const NUMBER_BYTES = 8
const AUTHOR_BYTES = 32

/** The key of a commit in the `history` tree: byte order is the order in which commits are applied. */
export function commitToTreeKey({ height, key }: CommitRef): Uint8Array {
  const writer = new RecordWriter(NUMBER_BYTES + DIGEST_BYTES)
  writer.uint64(height)
  writer.append(commitKeyToDigest(key))
  return writer.finish()
}

/** The commit behind {@link commitToTreeKey}. `CORRUPT` when it is none. */
export function treeKeyToCommit(treeKey: Uint8Array): CommitRef {
  const reader = new RecordReader(treeKey, 'the id of a commit')
  const height = reader.uint64()
  reader.check(height > 0)
  const key = digestToCommitKey(reader.take(DIGEST_BYTES))
  reader.end()
  return { key, height }
}

/** The value of a commit in the `history` tree. */
export function encodeCommitRecord({ node, time, author }: CommitRecord): Uint8Array {
  assert(author.length === AUTHOR_BYTES, 'an author is 32 bytes')
  const perParent = MAX_VARINT_BYTES + DIGEST_BYTES
  const writer = new RecordWriter(
    NUMBER_BYTES + AUTHOR_BYTES + MAX_VARINT_BYTES + node.parents.length * perParent,
  )
  writer.uint64(time)
  writer.append(author)
  writer.varint(node.parents.length)
  for (const parent of node.parents) {
    writer.varint(parent.height)
    writer.append(commitKeyToDigest(parent.key))
  }
  return writer.finish()
}

/** Reads an entry of the `history` tree; the author is not copied. `CORRUPT` unless it is exactly one. */
export function decodeCommitRecord(treeKey: Uint8Array, value: Uint8Array): CommitRecord {
  const { key, height } = treeKeyToCommit(treeKey)
  const reader = new RecordReader(value, 'a commit')
  const time = reader.uint64()
  const author = reader.take(AUTHOR_BYTES)
  const parents = readParents(reader)
  reader.end()
  let highest = 0
  for (const parent of parents) highest = Math.max(highest, parent.height)
  reader.check(height === 1 + highest)
  return { node: new StoredNode(key, height, parents), time, author }
}

function readParents(reader: RecordReader): CommitRef[] {
  const count = reader.varint()
  reader.check(count <= COMMIT_LIMITS.parents)
  const parents: CommitRef[] = []
  for (let i = 0; i < count; i++) {
    const height = reader.varint()
    reader.check(height > 0)
    const key = digestToCommitKey(reader.take(DIGEST_BYTES))
    reader.check(i === 0 || key > (parents[i - 1] as CommitRef).key)
    parents.push({ key, height })
  }
  return parents
}

/** Makes its id when asked for: a walk through the history asks for few of them. */
class StoredNode implements CommitNode {
  readonly key: CidKey
  readonly height: number
  readonly parents: readonly CommitRef[]
  #cid: CID | undefined

  constructor(key: CidKey, height: number, parents: readonly CommitRef[]) {
    this.key = key
    this.height = height
    this.parents = parents
  }

  get cid(): CID {
    this.#cid ??= createCid(DAG_CBOR, commitKeyToDigest(this.key))
    return this.#cid
  }
}
