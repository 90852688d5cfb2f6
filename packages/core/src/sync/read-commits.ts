import { type Block, DAG_CBOR, verifyBlock } from '../codec/block.js'
import { decodeCar } from '../codec/car.js'
import { type CidKey, cidToKey } from '../codec/cid.js'
import { type Commit, decodeCommit } from '../commits/commit.js'
import { type Rightfulness, verifyCommit } from '../commits/verify-commit.js'
import { FirekeepError, hasErrorCode } from '../errors.js'
import type { CommitBatch } from '../ledger/commit-batch.js'
import type { TimeSlice } from '../primitives/time-slice.js'
import { loadCommit } from '../state/load-commits.js'
import type { LoadedCommit } from '../state/view.js'

export interface CommitChecks extends Rightfulness {
  /** Hears of every commit and pack that is dropped. */
  readonly report: (error: FirekeepError) => void
  readonly slice: TimeSlice
}

export const NO_COMMITS: CommitBatch = { blocks: [], commits: [] }

/**
 * Reads a CAR of commits that came from elsewhere and keeps what is valid by itself: hashes, format, database, grant,
 * signature (L12). What is not is reported and dropped; the rest goes on. Commits of a newer format are kept as blocks.
 */
export async function readCommits(car: Uint8Array, checks: CommitChecks): Promise<CommitBatch> {
  let blocks: Block[]
  try {
    blocks = decodeCar(car).blocks
  } catch (error) {
    checks.report(asDropped(error, 'a pack of the remote cannot be read'))
    return NO_COMMITS
  }
  const bodyByKey = new Map(
    blocks.filter(({ cid }) => cid.code !== DAG_CBOR).map(block => [cidToKey(block.cid), block]),
  )
  const kept = { blocks: [] as Block[], commits: [] as LoadedCommit[] }
  let isNewer = false
  const commitBlocks = blocks.filter(({ cid }) => cid.code === DAG_CBOR)
  for (let start = 0; start < commitBlocks.length; start += AT_ONCE) {
    const outcomes = commitBlocks
      .slice(start, start + AT_ONCE)
      .map(block => readCommit(block, bodyByKey, checks))
    for (const { block, read, error } of await Promise.all(outcomes)) {
      if (read !== undefined) {
        kept.commits.push(read.loaded)
        kept.blocks.push(block)
        for (const body of read.bodies) kept.blocks.push(body)
      } else if (hasErrorCode(error, 'UNSUPPORTED_FORMAT')) {
        kept.blocks.push(block)
        isNewer = true
      } else checks.report(asDropped(error, `commit ${block.cid} of the remote is damaged`))
    }
  }
  // Nobody knows yet which contents those of a newer format refer to.
  return isNewer ? { ...kept, blocks: await withAllBodies(kept.blocks, bodyByKey.values(), checks) } : kept
}

/** Signatures are checked on other threads: this many are under way together. */
const AT_ONCE = 64

interface ReadCommit {
  readonly loaded: LoadedCommit
  readonly bodies: readonly Block[]
}

async function readCommit(
  block: Block,
  bodyByKey: ReadonlyMap<CidKey, Block>,
  checks: CommitChecks,
): Promise<{ readonly block: Block; readonly read?: ReadCommit; readonly error?: unknown }> {
  try {
    const hashing = verifyBlock(block)
    if (hashing !== undefined) await hashing
    const commit = decodeCommit(block)
    await verifyCommit(commit, checks)
    const bodies = bodiesOf(commit, bodyByKey)
    await verifyAll(bodies, checks.slice)
    const loaded = loadCommit(commit, cid => bodyByKey.get(cidToKey(cid))?.bytes)
    return { block, read: { loaded, bodies } }
  } catch (error) {
    return { block, error }
  }
}

/** What is told of something that was dropped. */
export function asDropped(error: unknown, message: string): FirekeepError {
  if (hasErrorCode(error, 'INVALID_COMMIT')) return error as FirekeepError
  return new FirekeepError('CORRUPT', message, { cause: error })
}

async function verifyAll(blocks: readonly Block[], slice: TimeSlice): Promise<void> {
  for (const block of blocks) {
    const checking = verifyBlock(block)
    if (checking !== undefined) await checking
    const pause = slice.mayEnd()
    if (pause !== undefined) await pause
  }
}

async function withAllBodies(
  kept: readonly Block[],
  bodies: Iterable<Block>,
  checks: CommitChecks,
): Promise<Block[]> {
  const blocks = new Set(kept)
  for (const body of bodies) {
    try {
      await verifyBlock(body)
      blocks.add(body)
    } catch (error) {
      checks.report(asDropped(error, `content ${body.cid} of the remote is damaged`))
    }
  }
  return [...blocks]
}

function bodiesOf(commit: Commit, bodyByKey: ReadonlyMap<CidKey, Block>): Block[] {
  return commit.ops.flatMap(({ body }) => {
    const block = body === null ? undefined : bodyByKey.get(cidToKey(body))
    return block === undefined ? [] : [block]
  })
}
