import type { CID } from '../../codec/cid.js'
import { cidToKey } from '../../codec/cid.js'
import type { CommitNode } from '../../commits/ancestry.js'
import { type Commit, decodeCommit, unsignedBytes } from '../../commits/commit.js'
import { verifyCommitSignature } from '../../crypto/identity.js'
import { FirekeepError } from '../../errors.js'
import type { PackStore } from '../../packs/pack-store.js'
import { equalBytes, toHex } from '../../primitives/bytes.js'
import type { State } from '../../state/merge-states.js'
import { Snapshot } from '../../state/snapshot.js'
import { readNode } from '../../tree/tree-node.js'
import type { PointerChecks, SignedClaim } from './pointer.js'

export interface ClaimChecks extends PointerChecks {
  readonly lineage: Uint8Array
}

/**
 * Checks of a claim what can be checked without the log: that both trees begin, and that its heads are commits of
 * this database by somebody with the right to write, as the history says. Answers the state. The packs must be in use.
 *
 * `CORRUPT` with `details.author`, the publisher, where it is not so; what reading packs fails with.
 */
export async function checkClaim(claim: SignedClaim, packs: PackStore, checks: ClaimChecks): Promise<State> {
  const { docs, history } = claim
  const snapshot = new Snapshot({ heads: [], docs, history }, packs)
  await Promise.all([readNode(packs, docs), readNode(packs, history)])
  const heads: CommitNode[] = []
  for (const cid of claim.heads) {
    const node = await headOf(cid, snapshot, checks)
    if (node === undefined) throw falseClaim(claim, `head ${cid} is not a commit of this database`)
    heads.push(node)
  }
  return { heads: heads.sort((a, b) => (a.key < b.key ? -1 : 1)), docs, history }
}

/** What is told of a claim that is not true. */
export function falseClaim(
  { author, seq }: Pick<SignedClaim, 'author' | 'seq'>,
  reason: string,
): FirekeepError {
  return new FirekeepError('CORRUPT', `the snapshot that the remote points to is false: ${reason}`, {
    details: { author: toHex(author), seq },
  })
}

/** The place of a head in the history; `undefined` unless the commit and its place are right. */
async function headOf(cid: CID, snapshot: Snapshot, checks: ClaimChecks): Promise<CommitNode | undefined> {
  const commit = decodeCommit({ cid, bytes: await snapshot.block(cid) })
  if (!(await isRightful(commit, checks))) return undefined
  const node = await snapshot.nodeOf(commit)
  const parents = node?.parents.map(({ key }) => key).join()
  return parents === commit.parents.map(cidToKey).join() ? node : undefined
}

async function isRightful(commit: Commit, { lineage, verifyGrant }: ClaimChecks): Promise<boolean> {
  if (!equalBytes(commit.db, lineage)) return false
  if (!(await verifyGrant(commit.author, commit.grant))) return false
  return verifyCommitSignature(commit.author, unsignedBytes(commit), commit.sig)
}
