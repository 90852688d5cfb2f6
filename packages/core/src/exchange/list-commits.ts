import type { Block } from '../codec/block.js'
import type { CID } from '../codec/cid.js'
import type { CommitNode } from '../commits/ancestry.js'
import { hasErrorCode } from '../errors.js'
import type { MaybePromise } from '../primitives/maybe-promise.js'
import type { View } from '../state/view.js'

/** Runs a read on the newest view: a long export outlives the packs that it began with. */
export type ReadView = <T>(run: (view: View) => MaybePromise<T>) => MaybePromise<T>

/** What is listed of commits. */
export interface ListParts {
  readonly read: ReadView
  /** Which contents are wanted. Default: all. */
  readonly isWanted?: (body: CID) => boolean
  /** Hears of each content that is listed and has attachments. */
  readonly onFiles?: (id: string, body: Uint8Array) => void
}

/** A commit's block and those of its contents that are here and wanted, in the order of its operations. */
export async function commitBlocks(
  node: CommitNode,
  { read, isWanted = () => true, onFiles }: ListParts,
): Promise<Block[]> {
  const found = read(view => view.commitOf(node))
  const commit = found instanceof Promise ? await found : found
  const blocks: Block[] = [{ cid: commit.cid, bytes: commit.bytes }]
  for (const op of commit.ops) {
    const { body } = op
    if (body === null || !isWanted(body)) continue
    try {
      const content = read(view => view.bodyOf(node, { ...op, body }))
      const bytes = content instanceof Promise ? await content : content
      blocks.push({ cid: body, bytes })
      if (op.files !== undefined) onFiles?.(op.id, bytes)
    } catch (error) {
      if (!hasErrorCode(error, 'PRUNED')) throw error
    }
  }
  return blocks
}

/** The blocks of each of these commits. */
export async function* listCommits(
  nodes: readonly CommitNode[],
  parts: ListParts,
): AsyncGenerator<readonly Block[], void> {
  for (const node of nodes) yield await commitBlocks(node, parts)
}
