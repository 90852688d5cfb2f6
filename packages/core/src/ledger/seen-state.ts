import type { CommitRef } from '../commits/ancestry.js'
import { findMissing } from '../commits/ancestry.js'
import { type MaybePromise, whenReady } from '../primitives/maybe-promise.js'
import { HistoryReader } from '../state/history-reader.js'
import { leavesOutside } from '../state/versions.js'
import type { View } from '../state/view.js'
import type { BaseVersion } from './own-versions.js'

/** What the caller of a write saw of the documents that he writes. */
export interface SeenState {
  /** The leaves of a document, the winner first; none when it did not exist. */
  leaves(id: string): readonly BaseVersion[]
  has(commit: CommitRef): MaybePromise<boolean>
}

/** What a view shows. */
export function seenIn(view: View, ids: readonly string[]): MaybePromise<SeenState> {
  return whenReady(view.entries(ids), entries => ({
    leaves: id =>
      (entries.get(id)?.leaves ?? []).map(({ commit, key, height, body }) => ({
        cid: commit,
        key,
        height,
        isDeleted: body === null,
      })),
    has: commit => whenReady(view.nodeOf(commit), node => node !== undefined),
  }))
}

/** The same from a newer view, by its history: for where pages of the seen one are gone (L6). */
export async function seenAt(heads: View['heads'], ids: readonly string[], view: View): Promise<SeenState> {
  const nodes = await findMissing(view.heads, heads, ref => view.nodeOf(ref))
  const later = new Set(nodes.map(node => node.key))
  const leavesById = new Map<string, readonly BaseVersion[]>()
  const reader = new HistoryReader(view)
  for (const id of ids) {
    const versions = await leavesOutside(view, id, later, reader)
    leavesById.set(
      id,
      versions.map(({ node: { cid, key, height }, op }) => ({
        cid,
        key,
        height,
        isDeleted: op.body === null,
      })),
    )
  }
  return {
    leaves: id => leavesById.get(id) ?? [],
    has: ({ key }) => !later.has(key),
  }
}
