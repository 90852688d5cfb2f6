import { decodeBody } from '../codec/body.js'
import { type CID, type CidKey, cidToKey, parseCid } from '../codec/cid.js'
import { advanceHeads, type CommitNode, findAncestors, findMissing } from '../commits/ancestry.js'
import type { Commit } from '../commits/commit.js'
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
    const commit = await reader.commitOf(node)
    heads = advanceHeads(heads, [node])
    const clock = Object.freeze(heads.map(head => head.cid.toString()))
    for (const { id, document } of await replay.apply(node, commit)) rows.push({ id, document, clock })
  }
  return { rows, clock: rows.at(-1)?.clock ?? Object.freeze(heads.map(head => head.cid.toString())) }
}

/** Folds commits, parents first, onto the state before them, for the documents they touch. */
class Replay {
  readonly #reader: ChangesReader
  readonly #later: ReadonlySet<CidKey>
  readonly #leavesById = new Map<string, readonly Version[]>()

  constructor(reader: ChangesReader, later: ReadonlySet<CidKey>) {
    this.#reader = reader
    this.#later = later
  }

  async apply(
    node: CommitNode,
    commit: Commit,
  ): Promise<{ id: string; document: PlainDocument | undefined }[]> {
    const shown: { id: string; document: PlainDocument | undefined }[] = []
    for (const op of commit.ops) {
      const before = this.#leavesById.get(op.id) ?? (await this.#leavesBefore(op.id))
      const named = new Set(op.prev.map(cidToKey))
      const asked = before.filter(version => named.has(version.node.key))
      const answers = await findAncestors(
        asked.map(version => ({ commit: node, ancestor: version.node })),
        key => this.#reader.view.history.get(key),
      )
      const gone = new Set(asked.filter((_, i) => answers[i]).map(version => version.node.key))
      const leaves = [...before.filter(version => !gone.has(version.node.key)), { node, op }].sort(
        compareVersions,
      )
      this.#leavesById.set(op.id, leaves)
      shown.push({ id: op.id, document: await this.#read(op.id, leaves[0] as Version) })
    }
    return shown
  }

  #leavesBefore(id: string): Promise<Version[]> {
    return leavesOutside(this.#reader.view, id, this.#later, this.#reader.commitOf)
  }

  async #read(id: string, { node, op }: Version): Promise<PlainDocument | undefined> {
    return op.body === null ? undefined : decodeBody(id, await this.#reader.bodyOf(node, op.body))
  }
}
