import { type CommitNode, findAncestors, findMissing } from '../commits/ancestry.js'
import { textToOrderedKey } from '../primitives/bytes.js'
import { type MaybePromise, whenReady } from '../primitives/maybe-promise.js'
import type { KeyWalk, OrderedMap } from '../primitives/ordered-map.js'
import type { DocumentChange } from './document-change.js'
import { INLINE_BYTES } from './document-record.js'
import { entriesAt, touchedBy } from './entries-at.js'
import type { DocumentEntry, Leaf } from './leaf.js'
import { mergePages } from './merge-pages.js'
import { PastLeaf } from './past-leaf.js'
import type { StoredDocument } from './stored-document.js'
import type { ShownDocument, View } from './view.js'

interface ViewAtParts {
  readonly view: View
  readonly clock: readonly string[]
  /** Ordered id -> the leaves then: of the documents that changed since, or, with `isWhole`, of all there were. */
  readonly entries: OrderedMap<DocumentEntry>
  readonly isWhole: boolean
}

/**
 * The state of a history at an earlier moment, read like a {@link View}: a later view, and over it the leaves of
 * the documents that changed since. Making one costs O(the commits since), or O(those before) where these are fewer;
 * contents are read when they are asked for. Immutable.
 *
 * A content that was erased since is `PRUNED` wherever it would be shown: a list never lacks a row silently.
 */
export class ViewAt {
  /** The moment, without commits that are ancestors of others in it. */
  readonly clock: readonly string[]
  /** The later view that what did not change since is read from. */
  readonly view: View
  /** Whether nothing is read from the later view but contents. */
  readonly isWhole: boolean
  readonly #entries: OrderedMap<DocumentEntry>
  readonly #documents: WeakMap<Leaf, StoredDocument>

  private constructor(
    { view, clock, entries, isWhole }: ViewAtParts,
    documents?: WeakMap<Leaf, StoredDocument>,
  ) {
    this.clock = clock
    this.view = view
    this.isWhole = isWhole
    this.#entries = entries
    this.#documents = documents ?? new WeakMap()
  }

  /** The moment of these commits of the history of a view. */
  static async of(view: View, clock: readonly CommitNode[]): Promise<ViewAt> {
    const heads = await newestOf(view, clock)
    const texts = Object.freeze(heads.map(({ cid }) => cid.toString()))
    return new ViewAt({ view, clock: texts, ...(await entriesAt(view, heads)) })
  }

  /** The same moment over a view that goes on from this one's, with the same snapshot: O(the commits in between). */
  async over(view: View): Promise<ViewAt> {
    const { clock, isWhole } = this
    if (isWhole) return new ViewAt({ view, clock, isWhole, entries: this.#entries }, this.#documents)
    const later = await findMissing(view.heads, this.view.heads, ref => view.nodeOf(ref))
    const ids = (await touchedBy(view, later)).filter(id => !this.#entries.has(textToOrderedKey(id)))
    const before = await this.view.entries(ids)
    const added = ids.map(id => [textToOrderedKey(id), before.get(id) ?? { id, leaves: [] }] as const)
    return new ViewAt({ view, clock, isWhole, entries: this.#entries.update(added) }, this.#documents)
  }

  /** The leaves of a document; `undefined` when it did not exist. */
  entry(id: string): MaybePromise<DocumentEntry | undefined> {
    const past = this.#entries.get(textToOrderedKey(id))
    if (past === undefined) return this.isWhole ? undefined : this.view.entry(id)
    return past.leaves.length === 0 ? undefined : past
  }

  /** The undeleted content that a document showed; `undefined` when there was none. */
  shown(id: string): MaybePromise<StoredDocument | undefined> {
    return whenReady(this.entry(id), entry => entry && this.documentOf(id, entry.leaves[0] as Leaf))
  }

  /** The content of a leaf; `undefined` for a deletion. */
  documentOf(id: string, leaf: Leaf): MaybePromise<StoredDocument | undefined> {
    if (leaf.document !== undefined || leaf.body === null) return leaf.document
    const known = this.#documents.get(leaf)
    if (known !== undefined) return known
    const found = leaf instanceof PastLeaf ? leaf.read(this.view) : this.view.documentOf(id, leaf)
    return whenReady(found, document => {
      // Who drags a slider back and forth reads it again; large ones lie in the cache of pages for a while.
      if (document !== undefined && document.body.length <= INLINE_BYTES) this.#documents.set(leaf, document)
      return document
    })
  }

  /** All entries in id order, a page at a time; the range is given as by `textToOrderedKey`. */
  async *pages(walk: KeyWalk = {}): AsyncGenerator<readonly DocumentEntry[], void> {
    const stored = this.isWhole ? [] : this.view.pages(walk)
    for await (const page of mergePages(nonEmpty(stored), this.#entries, walk)) {
      yield page.filter(({ leaves }) => leaves.length > 0)
    }
  }

  /** What documents showed, in id order, a page at a time. No content is read before it is asked for. */
  async *shownPages(walk: KeyWalk = {}): AsyncGenerator<readonly ShownDocument[], void> {
    for await (const page of this.pages(walk)) {
      let shown: ShownDocument[] = []
      for (const { id, leaves } of page) {
        const found = this.#atHand(leaves[0] as Leaf)
        if (found !== null) shown.push({ id, document: found })
        else {
          yield shown
          shown = [{ id, document: await this.documentOf(id, leaves[0] as Leaf) }]
        }
      }
      yield shown
    }
  }

  /** The documents that may be otherwise in the later view, as they were, in id order; with `isWhole` all there were. */
  async *changes(): AsyncGenerator<DocumentChange, void> {
    for (const { id, leaves } of this.#entries.values()) {
      const [winner] = leaves
      const found = winner && this.documentOf(id, winner)
      yield { id, document: found instanceof Promise ? await found : found }
    }
  }

  /** `null` where it has to be read. */
  #atHand(leaf: Leaf): StoredDocument | undefined | null {
    if (leaf.document !== undefined || leaf.body === null) return leaf.document
    return this.#documents.get(leaf) ?? null
  }
}

async function* nonEmpty<T>(
  pages: Iterable<readonly T[]> | AsyncIterable<readonly T[]>,
): AsyncGenerator<readonly T[], void> {
  for await (const page of pages) if (page.length > 0) yield page
}

/** A clock that somebody put together may name commits twice over; one of this many heads was not put together by hand. */
const MOST_COMPARED = 64

/** The commits of a clock that are no ancestors of others in it, in the order of CID bytes. */
async function newestOf(view: View, clock: readonly CommitNode[]): Promise<readonly CommitNode[]> {
  if (clock.length < 2 || clock.length > MOST_COMPARED) return clock
  const questions = clock.flatMap(commit => clock.map(ancestor => ({ commit, ancestor })))
  const answers = await findAncestors(questions, ref => view.nodeOf(ref))
  const older = new Set(questions.filter((_, i) => answers[i]).map(({ ancestor }) => ancestor.key))
  return clock.filter(({ key }) => !older.has(key))
}
