import { parseCid } from '../codec/cid.js'
import { findMissing } from '../commits/ancestry.js'
import { hasErrorCode } from '../errors.js'
import { changedWinners } from './changed-winners.js'
import type { DocumentChange } from './document-change.js'
import type { DocumentEntry } from './leaf.js'
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
 * Where the pages of the earlier view are gone, all documents that were written to.
 */
export async function changesBetween(before: View, after: View): Promise<DocumentChange[]> {
  const ids = await touchedSince(after, before.heads)
  const entries = [...(await after.entries(ids)).values()]
  return changedWinners(after, await entriesOrNone(before, ids), entries)
}

async function entriesOrNone(
  view: View,
  ids: ReadonlySet<string>,
): Promise<ReadonlyMap<string, DocumentEntry> | undefined> {
  try {
    return await view.entries(ids)
  } catch (error) {
    if (hasErrorCode(error, 'BLOCK_MISSING')) return undefined
    throw error
  }
}
