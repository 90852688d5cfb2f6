import { hasErrorCode } from '../errors.js'
import { diffTrees } from '../tree/diff-trees.js'
import { byId, changedWinners } from './changed-winners.js'
import type { DocumentChange } from './document-change.js'
import { treeKeyToId } from './document-record.js'
import type { DocumentEntry } from './leaf.js'
import type { Snapshot } from './snapshot.js'
import type { View } from './view.js'

/**
 * The documents that one view shows otherwise than another, in id order, whatever their histories have to do with each
 * other: O(the difference of their trees, and what is in memory). Where the pages of `before` are gone, also documents
 * that it showed just so.
 */
export async function changesAcross(before: View, after: View): Promise<DocumentChange[]> {
  const ids = new Set<string>()
  for (const { id } of [...before.docs.values(), ...after.docs.values()]) ids.add(id)
  for await (const id of differingIds(before.snapshot, after.snapshot)) ids.add(id)
  const entries = await after.entries(ids)
  const earlier = await entriesOrNone(before, ids)
  const gone = [...(earlier?.values() ?? [])].filter(({ id, leaves }) => !entries.has(id) && leaves[0]?.body)
  const changes = await changedWinners(after, earlier, [...entries.values()])
  return [...gone.map(({ id }) => ({ id, document: undefined })), ...changes].sort(byId)
}

/** None where the pages of the earlier snapshot are gone: what it had then shows nowhere. */
async function* differingIds(
  before: Snapshot | undefined,
  after: Snapshot | undefined,
): AsyncGenerator<string> {
  const blocks = (after ?? before)?.blocks
  if (blocks === undefined) return
  const differences = diffTrees(before?.blocks ?? blocks, before?.docs, after?.docs, blocks)
  for await (const batch of differences) for (const { key } of batch) yield treeKeyToId(key)
}

/** `undefined` where pages of the view are gone or out of reach. */
export async function entriesOrNone(
  view: View,
  ids: ReadonlySet<string>,
): Promise<ReadonlyMap<string, DocumentEntry> | undefined> {
  try {
    return await view.entries(ids)
  } catch (error) {
    if (hasErrorCode(error, 'BLOCK_MISSING') || hasErrorCode(error, 'REMOTE_UNAVAILABLE')) return undefined
    throw error
  }
}
