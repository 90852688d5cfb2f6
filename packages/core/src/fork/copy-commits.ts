import type { Block } from '../codec/block.js'
import type { CommitNode } from '../commits/ancestry.js'
import { hasErrorCode } from '../errors.js'
import type { Ledger } from '../ledger/ledger.js'
import { toBase32 } from '../primitives/bytes.js'
import { StoredDocument } from '../state/stored-document.js'
import type { LoadedCommit, View } from '../state/view.js'
import { missingCommits } from './missing-commits.js'

export interface CopyCommitsParts {
  readonly ledger: Ledger
  /** The history that the commits come from: of the same lineage. */
  readonly theirs: View
  /** Is told of each step. */
  readonly copied: CopiedCommits
  /** Stores file packs that the other one has on this device and this one has not. */
  readonly bringFiles: (names: ReadonlySet<string>) => Promise<void>
}

export interface CopiedCommits {
  commits: number
  /** The documents that show something else now. */
  readonly ids: Set<string>
}

/** Commits that are stored in one step, or bytes of them. */
const STEP_COMMITS = 500
const STEP_BYTES = 1024 * 1024

/**
 * Brings all commits of another history that are not here, parents first, with their contents as far as these are
 * there. Who is killed in between has a history that is closed, and the rest is found by the next call.
 */
export async function copyCommits(parts: CopyCommitsParts): Promise<void> {
  const { ledger, theirs } = parts
  const missing = await missingCommits(ledger.view, theirs)
  let step: LoadedCommit[] = []
  let size = 0
  const flush = async () => {
    if (step.length > 0) await append(parts, step)
    step = []
    size = 0
  }
  for (const node of missing) {
    const loaded = await load(theirs, node)
    step.push(loaded)
    size += sizeOf(loaded)
    if (step.length >= STEP_COMMITS || size >= STEP_BYTES) await flush()
  }
  await flush()
}

async function append(
  { ledger, copied, bringFiles }: CopyCommitsParts,
  commits: readonly LoadedCommit[],
): Promise<void> {
  // Bytes first: who is killed in between has files that no document names, and no document that lacks its files.
  await bringFiles(filesOf(commits))
  await ledger.exclusive(async writer => {
    // Nobody else swaps the view meanwhile.
    const stop = ledger.subscribe(({ changes }) => {
      for (const { id } of changes) copied.ids.add(id)
    })
    try {
      await writer.append({ commits, blocks: commits.flatMap(blocksOf) })
      copied.commits += commits.length
    } finally {
      stop()
    }
  })
}

function filesOf(commits: readonly LoadedCommit[]): ReadonlySet<string> {
  const ops = commits.flatMap(({ commit }) => commit.ops)
  return new Set(ops.flatMap(({ files = [] }) => files.map(toBase32)))
}

async function load(view: View, node: CommitNode): Promise<LoadedCommit> {
  const commit = await view.commitOf(node)
  const documents = new Map<string, StoredDocument>()
  for (const op of commit.ops) {
    const { id, body } = op
    const bytes = body === null ? undefined : await contentOf(view, node, { ...op, body })
    if (bytes !== undefined) documents.set(id, new StoredDocument(id, commit.cid, bytes))
  }
  return { commit, documents }
}

/** `undefined` where it was erased: a commit is what it is without it. */
async function contentOf(
  view: View,
  node: CommitNode,
  op: Parameters<View['bodyOf']>[1],
): Promise<Uint8Array | undefined> {
  try {
    return await view.bodyOf(node, op)
  } catch (error) {
    if (hasErrorCode(error, 'PRUNED')) return undefined
    throw error
  }
}

function blocksOf({ commit, documents }: LoadedCommit): Block[] {
  const blocks: Block[] = [{ cid: commit.cid, bytes: commit.bytes }]
  for (const { id, body } of commit.ops) {
    const document = documents.get(id)
    if (body !== null && document !== undefined) blocks.push({ cid: body, bytes: document.body })
  }
  return blocks
}

function sizeOf({ commit, documents }: LoadedCommit): number {
  let size = commit.bytes.length
  for (const { body } of documents.values()) size += body.length
  return size
}
