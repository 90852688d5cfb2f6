import { type Block, DAG_CBOR } from '../codec/block.js'
import type { CID, CidKey } from '../codec/cid.js'
import type { CommitNode, CommitRef } from '../commits/ancestry.js'
import { type Commit, decodeCommit } from '../commits/commit.js'
import { type FirekeepError, hasErrorCode } from '../errors.js'
import type { BlockReader } from '../packs/block-reader.js'
import { boundToBytes, compareBytes } from '../primitives/bytes.js'
import { type MaybePromise, whenReady } from '../primitives/maybe-promise.js'
import type { KeyWalk } from '../primitives/ordered-map.js'
import { findEntries, findEntry, lookUp } from '../tree/look-up.js'
import { scanTree } from '../tree/scan-tree.js'
import { readNode, type TreeNode, type TreeRoot } from '../tree/tree-node.js'
import { type CommitRecord, commitToTreeKey, decodeCommitRecord } from './commit-record.js'
import { decodeDocumentRecord, idToTreeKey, type LeafRecord, treeKeyToId } from './document-record.js'
import type { DocumentEntry, Leaf } from './leaf.js'
import type { State } from './merge-states.js'
import { missingBody } from './missing-body.js'
import { StoredDocument } from './stored-document.js'

/** A commit and its place in the history. */
export interface PlacedCommit {
  readonly node: CommitNode
  readonly commit: Commit
}

/** The state of a folded history. Immutable; pages are read when they are needed, through `blocks`. */
export class Snapshot implements State {
  readonly heads: readonly CommitNode[]
  readonly docs: TreeRoot
  readonly history: TreeRoot
  readonly blocks: BlockReader
  /** Blocks of a merge that are in no pack yet; `blocks` has them too. */
  readonly unstored: readonly Block[]

  constructor(state: State, blocks: BlockReader, unstored: readonly Block[] = []) {
    this.heads = state.heads
    this.docs = state.docs
    this.history = state.history
    this.blocks = blocks
    this.unstored = unstored
  }

  entry(id: string): MaybePromise<DocumentEntry | undefined> {
    const found = findEntry(this.blocks, this.docs, idToTreeKey(id))
    return whenReady(found, place => place && entryAt(place.node, place.index))
  }

  /** The entries of those documents that have one; each page is read once. */
  entries(ids: readonly string[]): MaybePromise<readonly DocumentEntry[]> {
    const keys = ids.map(idToTreeKey).sort(compareBytes)
    return whenReady(findEntries(this.blocks, this.docs, keys), places =>
      places.flatMap(place => (place === undefined ? [] : [entryAt(place.node, place.index)])),
    )
  }

  /** All entries in id order, a page at a time; the range is given as by `textToOrderedKey`. */
  async *pages({ from, to, reverse }: KeyWalk): AsyncGenerator<readonly DocumentEntry[], void> {
    const range = {
      from: from === undefined ? from : boundToBytes(from),
      to: to === undefined ? to : boundToBytes(to),
      reverse,
    }
    for await (const { node, start, end } of scanTree(this.blocks, this.docs, range)) {
      const page: DocumentEntry[] = []
      for (let i = start; i < end; i += 1) page.push(entryAt(node, i))
      yield reverse ? page.reverse() : page
    }
  }

  /** How many documents it has, deleted ones included. */
  get size(): MaybePromise<number> {
    return this.docs === undefined ? 0 : whenReady(readNode(this.blocks, this.docs), root => root.size)
  }

  nodeOf(ref: CommitRef): MaybePromise<CommitNode | undefined> {
    return whenReady(this.recordOf(ref), record => record?.node)
  }

  /** A commit's place, author and time; `undefined` when the history does not have it. */
  recordOf(ref: CommitRef): MaybePromise<CommitRecord | undefined> {
    const treeKey = commitToTreeKey(ref)
    return whenReady(
      lookUp(this.blocks, this.history, treeKey),
      value => value && decodeCommitRecord(treeKey, value),
    )
  }

  /** As {@link Snapshot.nodeOf}, by reading the commit, as only it knows its height. */
  async find(cid: CID): Promise<CommitNode | undefined> {
    return (await this.findCommit(cid))?.node
  }

  /** A commit of the history and its place; `undefined` for any other id. */
  async findCommit(cid: CID): Promise<PlacedCommit | undefined> {
    const bytes = cid.code === DAG_CBOR ? await this.#blockOrNone(cid) : undefined
    const commit = bytes && commitOrNone({ cid, bytes })
    if (commit === undefined) return undefined
    // A page of the tree that is in no pack any more is another matter: then this snapshot can be read no more (L6).
    const node = await this.nodeOf(commit)
    return node && { node, commit }
  }

  async #blockOrNone(cid: CID): Promise<Uint8Array | undefined> {
    try {
      return await this.blocks.get(cid)
    } catch (error) {
      if (isInNoPack(error)) return undefined
      throw error
    }
  }

  /**
   * The places, authors and times of commits, the last of them first, a page at a time; with `before` those that stand
   * before it. None is read before it is asked for.
   */
  async *commitPages(before?: CommitRef): AsyncGenerator<readonly CommitRecord[], void> {
    const range = before === undefined ? {} : { to: commitToTreeKey(before) }
    for await (const { node, start, end } of scanTree(this.blocks, this.history, {
      ...range,
      reverse: true,
    })) {
      const page: CommitRecord[] = []
      for (let i = end - 1; i >= start; i -= 1) page.push(decodeCommitRecord(node.keyAt(i), node.valueAt(i)))
      yield page
    }
  }

  /** A commit block. */
  block(cid: CID): MaybePromise<Uint8Array> {
    return this.blocks.get(cid)
  }

  /** A content that lies by itself in a pack. `PRUNED` when it was erased. */
  async body(cid: CID): Promise<Uint8Array> {
    return (await this.#blockOrNone(cid)) ?? missingBody(cid)
  }
}

/** Whoever names an id may name a block that is no commit: it is in no history then. */
function commitOrNone(block: Block): Commit | undefined {
  try {
    return decodeCommit(block)
  } catch (error) {
    if (hasErrorCode(error, 'INVALID_COMMIT') || hasErrorCode(error, 'UNSUPPORTED_FORMAT')) return undefined
    throw error
  }
}

/** All packs that are named could be read and none has the block: no pack is missing. */
function isInNoPack(error: unknown): boolean {
  return hasErrorCode(error, 'BLOCK_MISSING') && (error as FirekeepError).details?.pack === undefined
}

/** As long as its page is in memory, a version is one object, and decoded once. */
function entryAt(node: TreeNode, index: number): DocumentEntry {
  return node.decodedAt(index, decodeEntry)
}

function decodeEntry(key: Uint8Array, value: Uint8Array): DocumentEntry {
  const id = treeKeyToId(key)
  const { leaves, body } = decodeDocumentRecord(value)
  return { id, leaves: leaves.map((leaf, i) => new StoredLeaf(id, leaf, i === 0 ? body : undefined)) }
}

/** Computes what it is asked for: of most leaves only the content is. */
class StoredLeaf implements Leaf {
  readonly document: StoredDocument | undefined
  readonly #record: LeafRecord

  constructor(id: string, record: LeafRecord, body: Uint8Array | undefined) {
    this.#record = record
    this.document = body && new StoredDocument(id, record.commit, body)
  }

  get commit(): CID {
    return this.#record.commit
  }

  get key(): CidKey {
    return this.#record.key
  }

  get height(): number {
    return this.#record.height
  }

  get body(): CID | null {
    return this.#record.body
  }

  get purge(): boolean {
    return this.#record.purge
  }
}
