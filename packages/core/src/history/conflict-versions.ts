import { parseCid } from '../codec/cid.js'
import type { CommitNode } from '../commits/ancestry.js'
import { assert, hasErrorCode } from '../errors.js'
import { toBase64Url } from '../primitives/bytes.js'
import { HistoryReader } from '../state/history-reader.js'
import type { Leaf } from '../state/leaf.js'
import type { PlacedCommit } from '../state/snapshot.js'
import { StoredDocument } from '../state/stored-document.js'
import { leavesAt, resolveClock, type Version } from '../state/versions.js'
import type { View } from '../state/view.js'
import type { VersionRecord } from './conflict-record.js'

/**
 * The leaves of a document now, or at a clock, the winner first. One whose content was erased or does not decode is left
 * out (L12). `UNKNOWN_CLOCK` where the history does not have the clock.
 */
export async function readVersions(
  view: View,
  id: string,
  clock?: readonly string[],
): Promise<VersionRecord[]> {
  const reader = new HistoryReader(view)
  const leaves =
    clock === undefined
      ? await leavesOf(reader, id)
      : await leavesAt(view, id, await resolveClock(view, clock, parseCid), reader)
  const records = await Promise.all(leaves.map(leaf => readVersion(reader, leaf)))
  return records.filter(record => record !== undefined)
}

/** The leaves of a document now, as versions: the winner first. */
export async function leavesOf(reader: HistoryReader, id: string): Promise<Version[]> {
  const leaves = (await reader.view.entry(id))?.leaves ?? []
  return Promise.all(
    leaves.map(async leaf => {
      const { node, commit } = (await reader.find(leaf.commit)) ?? (await mustPlace(reader.view, leaf))
      const op = reader.operationOf(commit, id)
      assert(op !== undefined, 'a commit touches the documents it has a leaf of')
      return { node, op }
    }),
  )
}

/** A commit of the history that was not found: fails by what it lacks. */
async function mustPlace(view: View, leaf: Leaf): Promise<PlacedCommit> {
  const node = await view.nodeOf(leaf)
  assert(node !== undefined, 'a leaf is in the history')
  return { node, commit: await view.commitOf(node) }
}

/** A version with its content, author and time; `undefined` where its content was erased or does not decode. */
export async function readVersion(
  reader: HistoryReader,
  { node, op }: Version,
): Promise<VersionRecord | undefined> {
  try {
    const document =
      op.body === null ? undefined : await documentOf(reader.view, node, { ...op, body: op.body })
    // What does not decode is found out here and not by whoever reads it.
    document?.shared()
    const { author, time } = (await reader.find(node.cid))?.commit ?? (await reader.view.commitOf(node))
    return { document, clock: Object.freeze([node.cid.toString()]), author: toBase64Url(author), time }
  } catch (error) {
    if (hasErrorCode(error, 'CORRUPT') || hasErrorCode(error, 'PRUNED')) return undefined
    throw error
  }
}

type Content = Parameters<View['bodyOf']>[1]

async function documentOf(view: View, node: CommitNode, op: Content): Promise<StoredDocument> {
  return new StoredDocument(op.id, node.cid, await view.bodyOf(node, op))
}
