import { type CID, type CidKey, cidToKey } from '../codec/cid.js'
import type { CommitNode, CommitRef } from '../commits/ancestry.js'
import { type Commit, decodeCommit, type Operation } from '../commits/commit.js'
import { assert, hasErrorCode } from '../errors.js'
import { textToOrderedKey } from '../primitives/bytes.js'
import { type MaybePromise, whenReady } from '../primitives/maybe-promise.js'
import { type KeyWalk, OrderedMap } from '../primitives/ordered-map.js'
import type { DocumentEntry, Leaf } from './leaf.js'
import { mergePages } from './merge-pages.js'
import { missingBody } from './missing-body.js'
import type { PlacedCommit, Snapshot } from './snapshot.js'
import { StoredDocument } from './stored-document.js'

/** A valid commit with the contents of its documents, ready to be applied. */
export interface LoadedCommit {
  readonly commit: Commit
  /** Per operation that has a body: its content, unless it was erased before the commit came here. */
  readonly documents: ReadonlyMap<string, StoredDocument>
}

/** A commit of the history that is not part of the snapshot. */
export interface RecentCommit extends LoadedCommit {
  readonly node: CommitNode
}

/**
 * The immutable state of a history (L6): a snapshot, whose pages are read when they are needed, and the commits
 * after it, which are in memory. A read holds one view and needs no lock. New views share structure with the
 * ones before.
 *
 * What is in memory is answered at once, the rest by promise; what lies in a pack that was dropped meanwhile
 * fails with `BLOCK_MISSING`, and the read is run again on a newer view.
 */
export class View {
  static readonly empty = View.of(undefined)

  /** What was folded; `undefined` before the first compaction. */
  readonly snapshot: Snapshot | undefined
  /** The commits that no commit of the history has as parent, ascending by CID bytes. */
  readonly heads: readonly CommitNode[]
  /** CID bytes -> a commit after the snapshot. */
  readonly commits: OrderedMap<RecentCommit>
  /** Document id (in code point order) -> its leaves, for documents that commits after the snapshot touch. */
  readonly docs: OrderedMap<DocumentEntry>
  /** Commits whose parents are missing: stored, but in no head, leaf, index or clock. */
  readonly pending: OrderedMap<LoadedCommit>
  /** Missing parent -> the pending commits that wait for it. */
  readonly waiting: OrderedMap<readonly CidKey[]>
  /** Bytes of the contents of the commits after the snapshot. */
  readonly recentBytes: number
  /** Whether one of them purges. */
  readonly hasPurge: boolean
  #clock: readonly string[] | undefined

  constructor(parts: ViewParts) {
    this.snapshot = parts.snapshot
    this.heads = parts.heads
    this.commits = parts.commits
    this.docs = parts.docs
    this.pending = parts.pending
    this.waiting = parts.waiting
    this.recentBytes = parts.recentBytes
    this.hasPurge = parts.hasPurge
  }

  /** The state of a snapshot, with no commit after it. */
  static of(snapshot: Snapshot | undefined): View {
    return new View({
      snapshot,
      heads: snapshot?.heads ?? [],
      commits: OrderedMap.empty(),
      docs: OrderedMap.empty(),
      pending: OrderedMap.empty(),
      waiting: OrderedMap.empty(),
      recentBytes: 0,
      hasPurge: false,
    })
  }

  /** The heads as text. */
  get clock(): readonly string[] {
    this.#clock ??= Object.freeze(this.heads.map(head => head.cid.toString()))
    return this.#clock
  }

  /** The leaves of a document; `undefined` when the history has no version of it. */
  entry(id: string): MaybePromise<DocumentEntry | undefined> {
    return this.docs.get(textToOrderedKey(id)) ?? this.snapshot?.entry(id)
  }

  /** The entries of those documents that have one, by id: each page is read once. */
  entries(ids: Iterable<string>): MaybePromise<Map<string, DocumentEntry>> {
    const entryById = new Map<string, DocumentEntry>()
    const stored: string[] = []
    for (const id of ids) {
      const entry = this.docs.get(textToOrderedKey(id))
      if (entry !== undefined) entryById.set(id, entry)
      else stored.push(id)
    }
    if (this.snapshot === undefined || stored.length === 0) return entryById
    return whenReady(this.snapshot.entries(stored), entries => {
      for (const entry of entries) entryById.set(entry.id, entry)
      return entryById
    })
  }

  /** About how many documents there are: no less, but changed and deleted ones may count twice. */
  get sizeAtMost(): MaybePromise<number> {
    return whenReady(this.snapshot?.size ?? 0, size => size + this.docs.size)
  }

  /** All entries in id order, a page at a time; `from` and `to` are as `textToOrderedKey` makes them of ids. */
  pages(walk: KeyWalk = {}): Iterable<readonly DocumentEntry[]> | AsyncIterable<readonly DocumentEntry[]> {
    if (this.snapshot === undefined) return [[...this.docs.values(walk)]]
    return mergePages(this.snapshot.pages(walk), this.docs, walk)
  }

  /** What documents show, in id order, a page at a time. One whose content was erased is left out. */
  async *shownPages(walk: KeyWalk = {}): AsyncGenerator<readonly ShownDocument[], void> {
    for await (const page of this.pages(walk)) {
      const shown: ShownDocument[] = []
      for (const { id, leaves } of page) {
        const found = this.#shownOrErased(id, leaves[0] as Leaf)
        const document = found instanceof Promise ? await found : found
        if (document !== null) shown.push({ id, document })
      }
      yield shown
    }
  }

  /** The undeleted content that a document shows; `undefined` when there is none. */
  shown(id: string): MaybePromise<StoredDocument | undefined> {
    return whenReady(this.entry(id), entry => entry && this.documentOf(id, entry.leaves[0] as Leaf))
  }

  /** The content of a leaf; `undefined` for a deletion. */
  documentOf(id: string, leaf: Leaf): MaybePromise<StoredDocument | undefined> {
    if (leaf.document !== undefined || leaf.body === null) return leaf.document
    if (this.snapshot === undefined) return missingBody(leaf.body)
    return whenReady(this.snapshot.body(leaf.body), bytes => new StoredDocument(id, leaf.commit, bytes))
  }

  /** `null` where the content was erased. */
  #shownOrErased(id: string, winner: Leaf): MaybePromise<StoredDocument | undefined | null> {
    if (winner.document !== undefined || winner.body === null) return winner.document
    return Promise.resolve(winner)
      .then(leaf => this.documentOf(id, leaf))
      .catch(error => {
        if (hasErrorCode(error, 'PRUNED')) return null
        throw error
      })
  }

  /** The place of a commit in the history; `undefined` when it is not part of it. */
  nodeOf(ref: CommitRef): MaybePromise<CommitNode | undefined> {
    return this.commits.get(ref.key)?.node ?? this.snapshot?.nodeOf(ref)
  }

  /** As {@link View.nodeOf}, for a commit whose height is not known: it takes longer. */
  find(cid: CID): MaybePromise<CommitNode | undefined> {
    const key = cidToKey(cid)
    const near = this.commits.get(key)?.node ?? this.heads.find(head => head.key === key)
    return near ?? this.snapshot?.find(cid)
  }

  /** As {@link View.find}, with the commit. */
  findCommit(cid: CID): MaybePromise<PlacedCommit | undefined> {
    return this.commits.get(cidToKey(cid)) ?? this.snapshot?.findCommit(cid)
  }

  /** Reads a commit of the history. */
  commitOf(node: CommitNode): MaybePromise<Commit> {
    const recent = this.commits.get(node.key)
    if (recent !== undefined) return recent.commit
    assert(this.snapshot !== undefined, 'a commit of the history is recent or in the snapshot')
    return whenReady(this.snapshot.block(node.cid), bytes => decodeCommit({ cid: node.cid, bytes }))
  }

  /** Reads the content that an operation of a commit gave its document. `PRUNED` when it was erased. */
  bodyOf(node: CommitNode, { id, body }: Operation & { readonly body: CID }): MaybePromise<Uint8Array> {
    const recent = this.commits.get(node.key)
    const { snapshot } = this
    if (recent !== undefined) return recent.documents.get(id)?.body ?? missingBody(body)
    assert(snapshot !== undefined, 'a commit of the history is recent or in the snapshot')
    // The winner's content lies in the docs tree and nowhere else, until it loses.
    return whenReady(snapshot.entry(id), entry => {
      const leaf = entry?.leaves[0]
      return leaf?.key === node.key && leaf.document ? leaf.document.body : snapshot.body(body)
    })
  }
}

/** A document as it is shown; `document` is `undefined` when it is deleted. */
export interface ShownDocument {
  readonly id: string
  readonly document: StoredDocument | undefined
}

export interface ViewParts {
  readonly snapshot: Snapshot | undefined
  readonly heads: readonly CommitNode[]
  readonly commits: OrderedMap<RecentCommit>
  readonly docs: OrderedMap<DocumentEntry>
  readonly pending: OrderedMap<LoadedCommit>
  readonly waiting: OrderedMap<readonly CidKey[]>
  readonly recentBytes: number
  readonly hasPurge: boolean
}
