import type { Block } from '../codec/block.js'
import { encodeCar } from '../codec/car.js'
import { cidToKey } from '../codec/cid.js'
import type { CommitNode } from '../commits/ancestry.js'
import type { Commit } from '../commits/commit.js'
import { hasErrorCode } from '../errors.js'
import { digestPack } from '../protocol/log-hash.js'
import type { LogPosition, RemoteLog } from '../protocol/remote.js'
import type { View } from '../state/view.js'
import { type LogPackWriter, sealLogPacks } from './log-pack.js'

/** Commits of about so many bytes go into one entry of the log. */
const GROUP_BYTES = 1024 * 1024

export interface LogWriterParts extends LogPackWriter {
  readonly log: RemoteLog
  readonly signal: AbortSignal
  /** Rejects where somebody else writes for this device: called before everything that is sent. */
  readonly assertLeader: () => Promise<void>
}

/** What was acknowledged: entries of the log, and the commits in them. */
export interface SentEntries {
  readonly digests: readonly Uint8Array[]
  readonly commits: readonly Commit[]
}

/**
 * Appends commits, parents first, some together in an entry. Yields after each acknowledgement, so that what follows
 * a failure is sent again and what precedes it is not.
 */
export async function* sendCommits(
  view: View,
  nodes: readonly CommitNode[],
  witness: LogPosition,
  parts: LogWriterParts,
): AsyncGenerator<SentEntries, void> {
  let blocks: Block[] = []
  let commits: Commit[] = []
  let size = 0
  for (const [i, node] of nodes.entries()) {
    const commit = await view.commitOf(node)
    commits.push(commit)
    for (const block of await readBlocks(view, node, commit)) {
      blocks.push(block)
      size += block.bytes.length
    }
    const pause = parts.slice.mayEnd()
    if (pause !== undefined) await pause
    if (size < GROUP_BYTES && i < nodes.length - 1) continue
    yield { digests: await append(encodeCar([], withoutRepeats(blocks)), witness, parts), commits }
    blocks = []
    commits = []
    size = 0
  }
}

async function append(
  content: Uint8Array,
  witness: LogPosition,
  parts: LogWriterParts,
): Promise<readonly Uint8Array[]> {
  const { log, signal, assertLeader } = parts
  const packs = await sealLogPacks(content, witness, parts)
  for (const pack of packs) {
    await assertLeader()
    await log.append(pack, { signal })
  }
  return packs.map(digestPack)
}

/** A commit and its contents; those that were erased here are not sent. */
async function readBlocks(view: View, node: CommitNode, commit: Commit): Promise<Block[]> {
  const blocks: Block[] = [{ cid: commit.cid, bytes: commit.bytes }]
  for (const op of commit.ops) {
    const { body } = op
    if (body === null) continue
    try {
      const found = view.bodyOf(node, { ...op, body })
      blocks.push({ cid: body, bytes: found instanceof Promise ? await found : found })
    } catch (error) {
      if (!hasErrorCode(error, 'PRUNED')) throw error
    }
  }
  return blocks
}

function withoutRepeats(blocks: readonly Block[]): Block[] {
  return [...new Map(blocks.map(block => [cidToKey(block.cid), block])).values()]
}
