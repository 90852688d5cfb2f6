import { DAG_JSON, hashBlock } from '../codec/block.js'
import { type CID, parseCid } from '../codec/cid.js'
import { COMMIT_LIMITS } from '../commits/commit.js'
import { FirekeepError } from '../errors.js'
import { type MaybePromise, whenReady } from '../primitives/maybe-promise.js'
import { leavesAt, resolveClock } from '../state/versions.js'
import type { View } from '../state/view.js'
import type { PlannedOperation } from './commit-chain.js'
import type { BaseVersion } from './own-versions.js'
import type { SeenState } from './seen-state.js'
import type { WriteCall, WriteOperation } from './write-call.js'

/** More leaves than this are kept only until the next put names those past the best of them (L2). */
const KEPT_LEAVES = 8

export interface PlanContext {
  /** What the caller saw. */
  readonly seen: SeenState
  /** The view the commit is built on. */
  readonly view: View
  /** The newest version that this engine made of a document, of those a waiting call may not have seen. */
  readonly ownVersion: (id: string) => MaybePromise<BaseVersion | undefined>
}

/**
 * Decides what an operation supersedes (L2): a put the winner its caller saw (or the caller's own earlier
 * version, or what `basedOn` names), all leaves if that winner is deleted, and those past the 8 best; a
 * deletion and a resolution all leaves their caller saw. `undefined` when there is nothing to delete.
 */
export async function planOperation(
  call: WriteCall,
  op: WriteOperation,
  context: PlanContext,
): Promise<PlannedOperation | undefined> {
  // Awaiting only what takes time: a group of a thousand calls would else wait thousands of turns.
  const found =
    call.basedOn === undefined ? seenBase(op.id, context) : baseAt(call.basedOn, op.id, context.view)
  const base = found instanceof Promise ? await found : found
  if (call.failIfStale) await assertUnchanged(call, op.id, base, context.view)
  const isDeleted = base.length === 0 || base.every(version => version.isDeleted)
  if (op.purge ? base.length === 0 : op.body === null && isDeleted) return undefined
  const all = base.map(version => version.cid)
  const prev = call.resolve ? [...all].reverse() : namedBy(op, all, isDeleted)
  const body = op.body && hashBlock(DAG_JSON, op.body)
  const plan = { id: op.id, body: body instanceof Promise ? await body : body, prev }
  const { purge, files, origin } = op
  if (files !== undefined && files.length > COMMIT_LIMITS.files) throw tooManyFiles(op.id, files.length)
  const { resolve } = call
  if (!(purge || resolve || files || origin)) return plan
  return {
    ...plan,
    ...(purge && { purge }),
    ...(resolve && { resolve }),
    ...(files && { files }),
    ...(origin && { origin }),
  }
}

function namedBy({ body }: WriteOperation, leaves: readonly CID[], isDeleted: boolean): readonly CID[] {
  return body === null || isDeleted ? leaves : [...leaves.slice(0, 1), ...leaves.slice(KEPT_LEAVES)]
}

function tooManyFiles(id: string, packs: number): FirekeepError {
  const message = `the attachments of document ${JSON.stringify(id)} lie in ${packs} packs, which is over the limit`
  return new FirekeepError('LIMIT_EXCEEDED', message, { details: { id, packs, limit: COMMIT_LIMITS.files } })
}

/** The leaves at a clock, the winner first. */
async function baseAt(clock: readonly string[], id: string, view: View): Promise<BaseVersion[]> {
  const versions = await leavesAt(view, id, await resolveClock(view, clock, parseCid))
  return versions.map(({ node: { cid, key, height }, op }) => ({
    cid,
    key,
    height,
    isDeleted: op.body === null,
  }))
}

/** The leaves the caller saw, the winner first. */
function seenBase(id: string, { seen, ownVersion }: PlanContext): MaybePromise<readonly BaseVersion[]> {
  const leaves = seen.leaves(id)
  return whenReady(ownVersion(id), own => {
    if (own === undefined) return leaves
    // The own version stands for the winner it superseded; a deletion has superseded all there was.
    const withOwn = [own, ...(own.isDeleted ? [] : leaves.slice(1))]
    return whenReady(seen.has(own), isSeen => (isSeen ? leaves : withOwn))
  })
}

async function assertUnchanged(
  call: WriteCall,
  id: string,
  base: readonly BaseVersion[],
  view: View,
): Promise<void> {
  const winner = (await view.entry(id))?.leaves[0]
  if (winner?.key === base[0]?.key) return
  const since = call.basedOn === undefined ? 'since it was read' : 'since the clock it is based on'
  throw new FirekeepError(
    'STALE',
    `document ${JSON.stringify(id)} changed ${since}; read it again and decide again`,
    { details: { id } },
  )
}
