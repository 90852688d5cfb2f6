import { parseCid } from '../codec/cid.js'
import { findMissing } from '../commits/ancestry.js'
import { changedWinners } from './changed-winners.js'
import { changesAcross, entriesOrNone } from './changes-across.js'
import type { DocumentChange } from './document-change.js'
import type { View } from './view.js'

/** The ids of the documents that commits of a view touch which these heads do not reach; they are in its history. */
async function touchedSince(view: View, heads: View['heads']): Promise<Set<string>> {
  const ids = new Set<string>()
  for (const node of await findMissing(view.heads, heads, ref => view.nodeOf(ref))) {
    const commit = view.commitOf(node)
    for (const op of (commit instanceof Promise ? await commit : commit).ops) ids.add(op.id)
  }
  return ids
}

/**
 * The documents that were written to since a clock, as they are shown in a view. `undefined` when the clock names
 * a commit that the view does not have.
 */
export async function changedSince(
  view: View,
  clock: readonly string[],
): Promise<readonly DocumentChange[] | undefined> {
  const heads = await Promise.all(clock.map(text => view.find(parseCid(text))))
  if (!heads.every(head => head !== undefined)) return undefined
  const entries = await view.entries(await touchedSince(view, heads))
  return changedWinners(view, undefined, [...entries.values()])
}

/**
 * The documents whose winner in a later view is another one than before, in id order: O(what was written since).
 * Where the pages of the earlier view are gone, all documents that were written to. A view that does not build on the
 * earlier one is compared with it document by document.
 */
export async function changesBetween(before: View, after: View): Promise<DocumentChange[]> {
  if (after.snapshot !== undefined && !(await isBuiltOn(after, before.heads)))
    return changesAcross(before, after)
  const ids = await touchedSince(after, before.heads)
  const entries = [...(await after.entries(ids)).values()]
  return changedWinners(after, await entriesOrNone(before, ids), entries)
}

/** A history without commits is none to build on: all that is shown is new, and no commit need be read to tell. */
async function isBuiltOn(view: View, heads: View['heads']): Promise<boolean> {
  const nodes = await Promise.all(heads.map(head => view.nodeOf(head)))
  return heads.length > 0 && !nodes.includes(undefined)
}
