import { decodeBody } from '../codec/body.js'
import { type CidKey, cidToKey, parseCid } from '../codec/cid.js'
import { advanceHeads, type CommitNode, findMissing } from '../commits/ancestry.js'
import type { Operation } from '../commits/commit.js'
import { hasErrorCode } from '../errors.js'
import { throwIfAborted } from '../primitives/throw-if-aborted.js'
import { HistoryReader } from '../state/history-reader.js'
import type { PlainDocument } from '../state/stored-document.js'
import { compareVersions, leavesOutside, resolveClock, type Version } from '../state/versions.js'
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

/**
 * The versions that are not in the ancestry of `since`, by (height, CID), each with its document as it is
 * shown after it. A page ends at the first commit boundary at or after `limit`; its clock names the heads of
 * `since` and all that was delivered, so a commit that arrives late, with whatever height, is delivered by a
 * later call, and none twice.
 *
 * Versions whose content was erased are left out where the whole history is asked for, and those of purged
 * documents always; else they are `PRUNED`, as nobody could tell what happened since.
 */
export async function readChanges(
  view: View,
  since: unknown,
  limit: number,
  signal?: AbortSignal,
): Promise<ChangesPage> {
  throwIfAborted(signal)
  let heads: readonly CommitNode[] = since === undefined ? [] : await resolveClock(view, since, parseCid)
  const later = await findMissing(view.heads, heads, ref => view.nodeOf(ref))
  const replay = new Replay(view, new Set(later.map(node => node.key)), {
    isFromStart: heads.length === 0,
    skipsErased: since === undefined,
  })
  const rows: ChangeRecord[] = []
  for (const node of later) {
    if (rows.length >= limit) break
    throwIfAborted(signal)
    const shown = await replay.apply(node, isOnTop(node, heads))
    heads = advanceHeads(heads, [node])
    const clock = clockOf(heads)
    for (const { id, document } of shown) rows.push({ id, document, clock })
  }
  return { rows, clock: clockOf(heads) }
}

/** Whether all that was delivered before is an ancestor: then no walk has to tell what counts. */
function isOnTop({ parents }: CommitNode, heads: readonly CommitNode[]): boolean {
  const keys = new Set(parents.map(parent => parent.key))
  return heads.every(head => keys.has(head.key))
}

function clockOf(heads: readonly CommitNode[]): readonly string[] {
  return Object.freeze(heads.map(head => head.cid.toString()))
}

interface ShownDocument {
  readonly id: string
  readonly document: PlainDocument | undefined
}

interface ReplayOptions {
  /** There is nothing before the commits. */
  readonly isFromStart: boolean
  /** Versions whose content was erased are left out. */
  readonly skipsErased: boolean
}

/** Folds commits, parents first, onto the state before them, for the documents they touch. */
class Replay {
  readonly #view: View
  readonly #later: ReadonlySet<CidKey>
  readonly #options: ReplayOptions
  readonly #leavesById = new Map<string, readonly Version[]>()
  readonly #reader: HistoryReader

  constructor(view: View, later: ReadonlySet<CidKey>, options: ReplayOptions) {
    this.#view = view
    this.#reader = new HistoryReader(view)
    this.#later = later
    this.#options = options
  }

  /** The documents that a commit touches, as they are shown after it. */
  async apply(node: CommitNode, isOnTop: boolean): Promise<ShownDocument[]> {
    const shown: ShownDocument[] = []
    for (const op of (await this.#view.commitOf(node)).ops) {
      const leaves = await this.#advance(node, op, isOnTop)
      shown.push(...(await this.#show(op.id, leaves[0] as Version)))
    }
    return shown
  }

  /** The leaves of the document after the operation. */
  async #advance(node: CommitNode, op: Operation, isOnTop: boolean): Promise<readonly Version[]> {
    const before = this.#leavesById.get(op.id) ?? (await this.#leavesBefore(op.id))
    const named = new Set(op.prev.map(cidToKey))
    const asked = before.filter(version => named.has(version.node.key))
    const counting = isOnTop ? asked : await this.#countingAmong(node, asked)
    const gone = new Set(counting.map(version => version.node.key))
    const kept = before.filter(version => !gone.has(version.node.key))
    const leaves = [...kept, { node, op }].sort(compareVersions)
    this.#leavesById.set(op.id, leaves)
    return leaves
  }

  async #countingAmong(node: CommitNode, named: readonly Version[]): Promise<readonly Version[]> {
    const answers = await this.#reader.findAncestors(
      named.map(version => ({ commit: node, ancestor: version.node })),
    )
    return named.filter((_, i) => answers[i])
  }

  async #leavesBefore(id: string): Promise<readonly Version[]> {
    if (this.#options.isFromStart) return []
    return leavesOutside(this.#view, id, this.#later, this.#reader)
  }

  /** None where there is nothing to show: a content that does not decode fails nothing else (L12). */
  async #show(id: string, { node, op }: Version): Promise<ShownDocument[]> {
    const { body } = op
    if (body === null) return [{ id, document: undefined }]
    try {
      return [{ id, document: decodeBody(id, await this.#view.bodyOf(node, { ...op, body })) }]
    } catch (error) {
      if (hasErrorCode(error, 'CORRUPT')) return []
      if (hasErrorCode(error, 'PRUNED') && (this.#options.skipsErased || (await this.#isPurged(id))))
        return []
      throw error
    }
  }

  async #isPurged(id: string): Promise<boolean> {
    return (await this.#view.entry(id))?.leaves.some(leaf => leaf.purge) ?? false
  }
}
