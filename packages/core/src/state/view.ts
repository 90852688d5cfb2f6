import type { CidKey } from '../codec/cid.js'
import type { CommitNode } from '../commits/ancestry.js'
import type { Commit } from '../commits/commit.js'
import { textToOrderedKey } from '../primitives/bytes.js'
import { OrderedMap } from '../primitives/ordered-map.js'
import type { DocumentEntry } from './leaf.js'
import type { StoredDocument } from './stored-document.js'

/** A valid commit with the contents of its documents, ready to be applied. */
export interface LoadedCommit {
  readonly commit: Commit
  /** Per operation that has a body: its content. */
  readonly documents: ReadonlyMap<string, StoredDocument>
}

/**
 * The immutable state of a history (L6): a read holds one view and needs no lock. New views share structure
 * with the ones before.
 */
export class View {
  static readonly empty = new View({
    heads: [],
    history: OrderedMap.empty(),
    docs: OrderedMap.empty(),
    pending: OrderedMap.empty(),
    waiting: OrderedMap.empty(),
  })

  /** The commits that no commit of the history has as parent, ascending by CID bytes. */
  readonly heads: readonly CommitNode[]
  /** CID bytes -> the commit's place in the graph. */
  readonly history: OrderedMap<CommitNode>
  /** Document id (in code point order) -> its leaves. */
  readonly docs: OrderedMap<DocumentEntry>
  /** Commits whose parents are missing: stored, but in no head, leaf, index or clock. */
  readonly pending: OrderedMap<LoadedCommit>
  /** Missing parent -> the pending commits that wait for it. */
  readonly waiting: OrderedMap<readonly CidKey[]>
  #clock: readonly string[] | undefined

  constructor(parts: ViewParts) {
    this.heads = parts.heads
    this.history = parts.history
    this.docs = parts.docs
    this.pending = parts.pending
    this.waiting = parts.waiting
  }

  /** The heads as text. */
  get clock(): readonly string[] {
    this.#clock ??= Object.freeze(this.heads.map(head => head.cid.toString()))
    return this.#clock
  }

  entry(id: string): DocumentEntry | undefined {
    return this.docs.get(textToOrderedKey(id))
  }
}

export interface ViewParts {
  readonly heads: readonly CommitNode[]
  readonly history: OrderedMap<CommitNode>
  readonly docs: OrderedMap<DocumentEntry>
  readonly pending: OrderedMap<LoadedCommit>
  readonly waiting: OrderedMap<readonly CidKey[]>
}
