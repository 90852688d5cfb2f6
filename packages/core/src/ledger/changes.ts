import { decodeBody } from '../codec/body.js'
import { type CID, type CidKey, cidToKey, parseCid } from '../codec/cid.js'
import { advanceHeads, type CommitNode, findAncestors, findMissing } from '../commits/ancestry.js'
import type { Commit, Operation } from '../commits/commit.js'
import { hasErrorCode } from '../errors.js'
import { LruMap } from '../primitives/lru-map.js'
import type { PlainDocument } from '../state/stored-document.js'
import {
  type CommitOf,
  compareVersions,
  leavesOutside,
  resolveClock,
  type Version,
} from '../state/versions.js'
import type { View } from '../state/view.js'

export interface ChangeRecord {
  readonly id: string
  /** The document as it is shown after this version; `undefined` when it is deleted then. */
  readonly document: PlainDocument | undefined
  readonly clock: readonly string[]
}

export interface ChangesPage {
  readonly rows: readonly ChangeRecord[]
  readonly clock: readonly string[]
}

export interface ChangesReader {
  readonly view: View
  readonly commitOf: CommitOf
  /** Reads a content that lies beside a commit. */
  readonly bodyOf: (node: CommitNode, body: CID) => Promise<Uint8Array>
}

/**
 * The versions that are not in the ancestry of `since`, by (height, CID), each with its document as it is
 * shown after it. A page ends at the first commit boundary at or after `limit`; its clock names the heads of
 * `since` and all that was delivered, so a commit that arrives late, with whatever height, is delivered by a
 * later call, and none twice.
 */
export async function readChanges(
  reader: ChangesReader,
  since: unknown,
  limit: number,
): Promise<ChangesPage> {
  const { view } = reader
  let heads: readonly CommitNode[] = since === undefined ? [] : resolveClock(view, since, parseCid)
  const nodeOf = (key: CidKey) => view.history.get(key)
  const later = await findMissing(
    view.heads.map(head => head.key),
    heads.map(head => head.key),
    nodeOf,
  )
  const replay = new Replay(reader, new Set(later.map(node => node.key)))
  const rows: ChangeRecord[] = []
  for (const node of later) {
    if (rows.length >= limit) break
    const shown = await replay.apply(node)
    heads = advanceHeads(heads, [node])
    const clock = clockOf(heads)
    for (const { id, document } of shown) rows.push({ id, document, clock })
  }
  return { rows, clock: clockOf(heads) }
}

function clockOf(heads: readonly CommitNode[]): readonly string[] {
  return Object.freeze(heads.map(head => head.cid.toString()))
}

interface ShownDocument {
  readonly id: string
  readonly document: PlainDocument | undefined
}

/** Commits that are kept decoded: the documents of a large one mostly lead to a few others. */
const KEPT_COMMITS = 16

/** Folds commits, parents first, onto the state before them, for the documents they touch. */
class Replay {
  readonly #reader: ChangesReader
  readonly #later: ReadonlySet<CidKey>
  readonly #leavesById = new Map<string, readonly Version[]>()
  readonly #commits = new LruMap<CidKey, Promise<Commit>>(KEPT_COMMITS)

  constructor(reader: ChangesReader, later: ReadonlySet<CidKey>) {
    this.#reader = reader
    this.#later = later
  }

  /** The documents that a commit touches, as they are shown after it. */
  async apply(node: CommitNode): Promise<ShownDocument[]> {
    const shown: ShownDocument[] = []
    for (const op of (await this.#commitOf(node)).ops) {
      const leaves = await this.#advance(node, op)
      shown.push(...(await this.#show(op.id, leaves[0] as Version)))
    }
    return shown
  }

  /** The leaves of the document after the operation. */
  async #advance(node: CommitNode, op: Operation): Promise<readonly Version[]> {
    const before = this.#leavesById.get(op.id) ?? (await this.#leavesBefore(op.id))
    const named = new Set(op.prev.map(cidToKey))
    const asked = before.filter(version => named.has(version.node.key))
    const answers = await findAncestors(
      asked.map(version => ({ commit: node, ancestor: version.node })),
      key => this.#reader.view.history.get(key),
    )
    const gone = new Set(asked.filter((_, i) => answers[i]).map(version => version.node.key))
    const kept = before.filter(version => !gone.has(version.node.key))
    const leaves = [...kept, { node, op }].sort(compareVersions)
    this.#leavesById.set(op.id, leaves)
    return leaves
  }

  #leavesBefore(id: string): Promise<Version[]> {
    return leavesOutside(this.#reader.view, id, this.#later, node => this.#commitOf(node))
  }

  #commitOf(node: CommitNode): Promise<Commit> {
    const kept = this.#commits.get(node.key)
    if (kept !== undefined) return kept
    const commit = this.#reader.commitOf(node)
    this.#commits.set(node.key, commit)
    return commit
  }

  /** None where the content does not decode, which fails nothing else (L12). */
  async #show(id: string, { node, op }: Version): Promise<ShownDocument[]> {
    if (op.body === null) return [{ id, document: undefined }]
    const body = await this.#reader.bodyOf(node, op.body)
    try {
      return [{ id, document: decodeBody(id, body) }]
    } catch (error) {
      if (hasErrorCode(error, 'CORRUPT')) return []
      throw error
    }
  }
}
