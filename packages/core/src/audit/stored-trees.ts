import { type CID, type CidKey, cidToKey } from '../codec/cid.js'
import type { BlockReader } from '../packs/block-reader.js'
import { throwIfAborted } from '../primitives/throw-if-aborted.js'
import type { TimeSlice } from '../primitives/time-slice.js'
import { type CommitRecord, decodeCommitRecord } from '../state/commit-record.js'
import { decodeDocumentRecord, treeKeyToId } from '../state/document-record.js'
import { Snapshot } from '../state/snapshot.js'
import { type LeafRun, scanTree } from '../tree/scan-tree.js'
import type { FindingList } from './finding-list.js'
import type { FoundSnapshot } from './stored-history.js'

export interface StoredTreesParts {
  readonly blocks: BlockReader
  readonly findings: FindingList
  readonly slice: TimeSlice
  readonly signal: AbortSignal | undefined
}

/** The two trees of a snapshot, read from their first entry to the last. */
export class StoredTrees {
  readonly snapshot: Snapshot
  readonly place: string
  /** Whether all of the tree could be read. */
  readonly isWhole = { docs: true, history: true }
  /** What the history tree says of commits. */
  readonly nodes: CommitRecord['node'][] = []
  /** Content -> the document whose record has it. */
  readonly #idByContent = new Map<CidKey, string>()

  private constructor(snapshot: Snapshot, place: string) {
    this.snapshot = snapshot
    this.place = place
  }

  static async read({ place, record }: FoundSnapshot, parts: StoredTreesParts): Promise<StoredTrees> {
    const { docs, history } = record
    const state = { heads: [], docs: docs ?? undefined, history: history ?? undefined }
    const trees = new StoredTrees(new Snapshot(state, parts.blocks), place)
    await trees.#scan('history', parts, (key, value) => trees.nodes.push(decodeCommitRecord(key, value).node))
    await trees.#scan('docs', parts, (key, value) => {
      const { leaves, body } = decodeDocumentRecord(value)
      const content = leaves[0]?.body
      if (body !== undefined && content) trees.#idByContent.set(cidToKey(content), treeKeyToId(key))
    })
    return trees
  }

  /** A content that stands in a record of a document; `undefined` where it does not. */
  async inline(content: CID): Promise<Uint8Array | undefined> {
    const id = this.#idByContent.get(cidToKey(content))
    const entry = id === undefined ? undefined : await this.snapshot.entry(id)
    return entry?.leaves[0]?.document?.body
  }

  async #scan(
    tree: 'docs' | 'history',
    { blocks, findings, slice, signal }: StoredTreesParts,
    onEntry: (key: Uint8Array, value: Uint8Array) => void,
  ): Promise<void> {
    try {
      for await (const run of scanTree(blocks, this.snapshot[tree])) {
        throwIfAborted(signal)
        eachEntry(run, onEntry)
        await slice.mayEnd()
      }
    } catch (error) {
      this.isWhole[tree] = false
      findings.addError(error, `the ${tree} tree of a snapshot cannot be read`, { place: this.place })
    }
  }
}

function eachEntry({ node, start, end }: LeafRun, onEntry: (key: Uint8Array, value: Uint8Array) => void) {
  for (let i = start; i < end; i++) onEntry(node.keyAt(i), node.valueAt(i))
}
