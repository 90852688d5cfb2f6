import { DAG_JSON, hashBlock } from '../codec/block.js'
import { cidToKey, parseCid } from '../codec/cid.js'
import { FirekeepError } from '../errors.js'
import { type CommitOf, leavesAt, resolveClock } from '../state/versions.js'
import type { View } from '../state/view.js'
import type { PlannedOperation } from './commit-chain.js'
import type { BaseVersion } from './own-versions.js'
import type { WriteCall, WriteOperation } from './write-call.js'

/** More leaves than this are kept only until the next put names those past the best of them (L2). */
const KEPT_LEAVES = 8

export interface PlanContext {
  /** The view right after the database was opened: what calls made before that saw. */
  readonly opened: View
  /** The view the commit is built on. */
  readonly view: View
  readonly commitOf: CommitOf
  /** The newest version that this engine made of a document, of those a waiting call may not have seen. */
  readonly ownVersion: (id: string) => BaseVersion | undefined
}

/**
 * Decides what an operation supersedes (L2): a put the winner its caller saw (or the caller's own earlier
 * version, or what `basedOn` names), all leaves if that winner is deleted, and those past the 8 best; a
 * deletion all leaves its caller saw. `undefined` when there is nothing to delete.
 */
export async function planOperation(
  call: WriteCall,
  op: WriteOperation,
  context: PlanContext,
): Promise<PlannedOperation | undefined> {
  // Awaiting only what takes time: a group of a thousand calls would else wait thousands of turns.
  const base =
    call.basedOn === undefined ? seenBase(call, op.id, context) : await baseAt(call.basedOn, op.id, context)
  if (call.failIfStale) assertUnchanged(call, op.id, base, context.view)
  const isDeleted = base.length === 0 || base.every(version => version.isDeleted)
  if (op.body === null && isDeleted) return undefined
  const all = base.map(version => version.cid)
  const prev = op.body === null || isDeleted ? all : [...all.slice(0, 1), ...all.slice(KEPT_LEAVES)]
  const body = op.body && hashBlock(DAG_JSON, op.body)
  return { id: op.id, body: body instanceof Promise ? await body : body, prev }
}

/** The leaves at a clock, the winner first. */
async function baseAt(
  clock: readonly string[],
  id: string,
  { view, commitOf }: PlanContext,
): Promise<BaseVersion[]> {
  const versions = await leavesAt(view, id, resolveClock(view, clock, parseCid), commitOf)
  return versions.map(({ node, op }) => ({ cid: node.cid, isDeleted: op.body === null }))
}

/** The leaves the caller saw, the winner first. */
function seenBase(call: WriteCall, id: string, { opened, ownVersion }: PlanContext): BaseVersion[] {
  const seen = call.seen ?? opened
  const leaves = (seen.entry(id)?.leaves ?? []).map(leaf => ({
    cid: leaf.commit,
    isDeleted: leaf.body === null,
  }))
  const own = ownVersion(id)
  if (own === undefined || seen.history.has(cidToKey(own.cid))) return leaves
  // The own version stands for the winner it superseded; a deletion has superseded all there was.
  return [own, ...(own.isDeleted ? [] : leaves.slice(1))]
}

function assertUnchanged(call: WriteCall, id: string, base: readonly BaseVersion[], view: View): void {
  const winner = view.entry(id)?.leaves[0]
  const isSame =
    winner === undefined ? base.length === 0 : base[0] !== undefined && cidToKey(base[0].cid) === winner.key
  if (isSame) return
  const since = call.basedOn === undefined ? 'since it was read' : 'since the clock it is based on'
  throw new FirekeepError(
    'STALE',
    `document ${JSON.stringify(id)} changed ${since}; read it again and decide again`,
    { details: { id } },
  )
}
