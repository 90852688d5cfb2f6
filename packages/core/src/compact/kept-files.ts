import { type CID, cidToKey } from '../codec/cid.js'
import { type CommitNode, findMissing } from '../commits/ancestry.js'
import type { Operation } from '../commits/commit.js'
import { hasErrorCode } from '../errors.js'
import type { FoldBasis } from '../ledger/folded-state.js'
import { bytesToBinary, compareBytes } from '../primitives/bytes.js'
import type { View } from '../state/view.js'
import type { Erased } from './erased.js'

export interface KeptFilesOptions {
  readonly erased: Erased
  /** Whether contents go with this fold: then all commits are asked, as any of them may name the same files. */
  readonly mustErase: boolean
}

/**
 * The digests of the file packs that a history names with contents that it keeps, after a fold: those of the snapshots
 * and of the commits that are folded, so the cost follows the change (L11).
 */
export async function keptFiles(
  { view, snapshots }: Pick<FoldBasis, 'view' | 'snapshots'>,
  { erased, mustErase }: KeptFilesOptions,
): Promise<readonly Uint8Array[]> {
  const digests = new Map<string, Uint8Array>()
  const add = (files: readonly Uint8Array[] = []) => {
    for (const digest of files) digests.set(bytesToBinary(digest), digest)
  }
  for (const { files } of snapshots) add(files)
  for (const { commit, documents } of view.commits.values()) {
    for (const { id, files } of commit.ops) if (documents.has(id)) add(files)
  }
  if (mustErase && digests.size > 0) {
    digests.clear()
    for (const node of await findMissing(view.heads, [], ref => view.nodeOf(ref))) {
      const commit = await view.commitOf(node)
      for (const op of commit.ops) if (await isKept(view, node, op, erased)) add(op.files)
    }
  }
  return [...digests.values()].sort(compareBytes)
}

/** Asked of the few operations that name files. */
async function isKept(view: View, node: CommitNode, op: Operation, erased: Erased): Promise<boolean> {
  const { body, files } = op
  if (files === undefined || body === null || erased.has(cidToKey(body))) return false
  return hasBody(view, node, { ...op, body })
}

async function hasBody(
  view: View,
  node: CommitNode,
  op: Operation & { readonly body: CID },
): Promise<boolean> {
  try {
    await view.bodyOf(node, op)
    return true
  } catch (error) {
    if (hasErrorCode(error, 'PRUNED')) return false
    throw error
  }
}
