import type { Block } from '../codec/block.js'
import { encodeCar } from '../codec/car.js'
import { cidToKey } from '../codec/cid.js'
import type { CommitNode } from '../commits/ancestry.js'
import type { Commit } from '../commits/commit.js'
import { hasErrorCode } from '../errors.js'
import { toBase32 } from '../primitives/bytes.js'
import { BLOBS_LISTED } from '../protocol/limits.js'
import { digestPack } from '../protocol/log-hash.js'
import type { LogPosition, RemoteLog } from '../protocol/remote.js'
import type { View } from '../state/view.js'
import type { FilePackSender } from './file-pack-sender.js'
import { type LogPackWriter, sealLogPacks } from './log-pack.js'

/** Commits of about so many bytes go into one entry of the log. */
const GROUP_BYTES = 1024 * 1024

export interface LogWriterParts extends LogPackWriter {
  readonly log: RemoteLog
  readonly signal: AbortSignal
  /** Rejects where somebody else writes for this device: called before everything that is sent. */
  readonly assertLeader: () => Promise<void>
  /** Sends the file packs that commits name. */
  readonly files: FilePackSender
}

/** What was acknowledged: entries of the log, and the commits in them. */
export interface SentEntries {
  readonly digests: readonly Uint8Array[]
  readonly commits: readonly Commit[]
}

/** What goes into one entry of the log, or into several that belong together. */
interface Group {
  readonly blocks: Block[]
  readonly commits: Commit[]
  /** Names of the file packs that the commits refer to. */
  readonly files: Set<string>
  size: number
}

/**
 * Appends commits, parents first, some together in an entry. Yields after each acknowledgement, so that what follows
 * a failure is sent again and what precedes it is not. The files that a commit names are sent before it (bytes first),
 * and what stands before it does not wait for them.
 */
export async function* sendCommits(
  view: View,
  nodes: readonly CommitNode[],
  witness: LogPosition,
  parts: LogWriterParts,
): AsyncGenerator<SentEntries, void> {
  let group = emptyGroup()
  for (const [i, node] of nodes.entries()) {
    const commit = await view.commitOf(node)
    const { blocks, files } = await readContents(view, node, commit)
    const unsent = await newFiles(view, commit, files, parts.files)
    const isFull = group.files.size + files.size > BLOBS_LISTED
    if (group.commits.length > 0 && (unsent.length > 0 || isFull)) {
      yield await append(group, witness, parts)
      group = emptyGroup()
    }
    if (unsent.length > 0) {
      await parts.assertLeader()
      await parts.files.send(unsent, parts)
    }
    addTo(group, commit, blocks, files)
    const pause = parts.slice.mayEnd()
    if (pause !== undefined) await pause
    if (group.size < GROUP_BYTES && i < nodes.length - 1) continue
    yield await append(group, witness, parts)
    group = emptyGroup()
  }
}

function emptyGroup(): Group {
  return { blocks: [], commits: [], files: new Set(), size: 0 }
}

function addTo(group: Group, commit: Commit, blocks: readonly Block[], files: Iterable<string>): void {
  group.commits.push(commit)
  for (const block of blocks) {
    group.blocks.push(block)
    group.size += block.bytes.length
  }
  for (const name of files) group.files.add(name)
}

/** How often files are sent anew that a remote acknowledged and does not have. */
const ATTEMPTS = 3

async function append(group: Group, witness: LogPosition, parts: LogWriterParts): Promise<SentEntries> {
  const packs = await sealLogPacks(encodeCar([], withoutRepeats(group.blocks)), witness, parts)
  for (const pack of packs) await appendPack(pack, group, parts)
  return { digests: packs.map(digestPack), commits: group.commits }
}

/** Each entry lists the files of all its commits: more than an entry can list no call of a user names. */
async function appendPack(pack: Uint8Array, { files }: Group, parts: LogWriterParts): Promise<void> {
  const { log, signal, assertLeader } = parts
  for (let attempt = 1; ; attempt++) {
    const blobs = parts.files.listable(files).slice(0, BLOBS_LISTED)
    await assertLeader()
    try {
      await log.append(pack, { blobs, signal })
      return
    } catch (error) {
      if (!hasErrorCode(error, 'BLOCK_MISSING') || attempt === ATTEMPTS) throw error
      await parts.files.sendAnew(blobs, parts)
    }
  }
}

/**
 * The files of a commit that no version before names which it supersedes: those were sent with that version, and may
 * not be on this device at all.
 */
async function newFiles(
  view: View,
  commit: Commit,
  files: ReadonlySet<string>,
  sender: FilePackSender,
): Promise<string[]> {
  const unsettled = [...files].filter(name => !sender.isSettled(name))
  if (unsettled.length === 0) return unsettled
  const known = new Set<string>()
  for (const { id, prev, files = [] } of commit.ops) {
    if (files.length === 0) continue
    for (const cid of prev) {
      const before = await view.findCommit(cid)
      const op = before?.commit.ops.find(each => each.id === id)
      for (const digest of op?.files ?? []) known.add(toBase32(digest))
    }
  }
  return unsettled.filter(name => !known.has(name))
}

interface Contents {
  readonly blocks: readonly Block[]
  readonly files: ReadonlySet<string>
}

/** A commit and its contents, and what these name; those that were erased here are not sent. */
async function readContents(view: View, node: CommitNode, commit: Commit): Promise<Contents> {
  const blocks: Block[] = [{ cid: commit.cid, bytes: commit.bytes }]
  const files = new Set<string>()
  for (const op of commit.ops) {
    const { body } = op
    if (body === null) continue
    try {
      const found = view.bodyOf(node, { ...op, body })
      blocks.push({ cid: body, bytes: found instanceof Promise ? await found : found })
      for (const digest of op.files ?? []) files.add(toBase32(digest))
    } catch (error) {
      if (!hasErrorCode(error, 'PRUNED')) throw error
    }
  }
  return { blocks, files }
}

function withoutRepeats(blocks: readonly Block[]): Block[] {
  return [...new Map(blocks.map(block => [cidToKey(block.cid), block])).values()]
}
