import { type Block, DAG_CBOR, verifyBlock } from '../codec/block.js'
import { decodeCar } from '../codec/car.js'
import { type CidKey, cidToKey } from '../codec/cid.js'
import { type Commit, decodeCommit, unsignedBytes } from '../commits/commit.js'
import { verifyCommitSignature } from '../crypto/identity.js'
import type { Sealer } from '../crypto/seal.js'
import { FirekeepError, hasErrorCode } from '../errors.js'
import type { CommitBatch } from '../ledger/commit-batch.js'
import { equalBytes, toHex } from '../primitives/bytes.js'
import { loadCommit } from '../state/load-commits.js'
import type { LoadedCommit } from '../state/view.js'

export interface LogPackChecks {
  readonly sealer: Sealer
  readonly lineage: Uint8Array
  readonly verifyGrant: (author: Uint8Array, grant: Uint8Array) => Promise<boolean>
  /** Hears of every commit and pack that is dropped. */
  readonly report: (error: FirekeepError) => void
}

/**
 * Opens a pack that came from a remote and keeps what is valid by itself: seal, hashes, format, database,
 * grant, signature (L12). What is not is reported and dropped; the rest goes on. Commits of a newer format are
 * kept as blocks.
 */
export async function openLogPack(pack: Uint8Array, checks: LogPackChecks): Promise<CommitBatch> {
  let blocks: Block[]
  try {
    blocks = decodeCar(await checks.sealer.open(pack)).blocks
  } catch (error) {
    checks.report(asDropped(error, 'a pack of the remote cannot be opened'))
    return { blocks: [], commits: [] }
  }
  const bodyByKey = new Map(
    blocks.filter(({ cid }) => cid.code !== DAG_CBOR).map(block => [cidToKey(block.cid), block]),
  )
  const kept = { blocks: [] as Block[], commits: [] as LoadedCommit[] }
  let isNewer = false
  for (const block of blocks) {
    if (block.cid.code !== DAG_CBOR) continue
    try {
      await verifyBlock(block)
      const commit = decodeCommit(block)
      await verifyCommit(commit, checks)
      const bodies = bodiesOf(commit, bodyByKey)
      await Promise.all(bodies.map(verifyBlock))
      kept.commits.push(loadCommit(commit, cid => bodyByKey.get(cidToKey(cid))?.bytes))
      kept.blocks.push(block)
      for (const body of bodies) kept.blocks.push(body)
    } catch (error) {
      if (hasErrorCode(error, 'UNSUPPORTED_FORMAT')) {
        kept.blocks.push(block)
        isNewer = true
      } else checks.report(asDropped(error, `commit ${block.cid} of the remote is damaged`))
    }
  }
  // Nobody knows yet which contents those of a newer format refer to.
  return isNewer ? { ...kept, blocks: await withAllBodies(kept.blocks, bodyByKey.values(), checks) } : kept
}

async function withAllBodies(
  kept: readonly Block[],
  bodies: Iterable<Block>,
  checks: LogPackChecks,
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

async function verifyCommit(commit: Commit, { lineage, verifyGrant }: LogPackChecks): Promise<void> {
  const invalid = (rule: string) =>
    new FirekeepError('INVALID_COMMIT', `commit ${commit.cid} is invalid: ${rule}`, {
      details: { cid: commit.cid.toString(), author: toHex(commit.author) },
    })
  if (!equalBytes(commit.db, lineage)) throw invalid('it belongs to another database')
  if (!(await verifyGrant(commit.author, commit.grant))) throw invalid('its author has no right to write')
  if (!(await verifyCommitSignature(commit.author, unsignedBytes(commit), commit.sig)))
    throw invalid('its signature is wrong')
}

function bodiesOf(commit: Commit, bodyByKey: ReadonlyMap<CidKey, Block>): Block[] {
  return commit.ops.flatMap(({ body }) => {
    const block = body === null ? undefined : bodyByKey.get(cidToKey(body))
    return block === undefined ? [] : [block]
  })
}

function asDropped(error: unknown, message: string): FirekeepError {
  if (hasErrorCode(error, 'INVALID_COMMIT')) return error as FirekeepError
  return new FirekeepError('CORRUPT', message, { cause: error })
}
