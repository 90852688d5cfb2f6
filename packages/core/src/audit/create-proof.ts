import { type CID, parseCid } from '../codec/cid.js'
import type { CommitNode } from '../commits/ancestry.js'
import type { DatabaseSecrets } from '../crypto/secrets.js'
import { assert, FirekeepError } from '../errors.js'
import { leavesAt, resolveClock } from '../state/versions.js'
import type { View } from '../state/view.js'
import type { Proof } from './proof.js'

/**
 * Evidence for the version of a document that is shown, or was at a clock. `NOT_FOUND` where there is none, `PRUNED`
 * where its content was erased.
 */
export async function createProof(
  view: View,
  id: string,
  asOf: unknown,
  { writePublicKey, readKey }: DatabaseSecrets,
): Promise<Proof> {
  const node = await shownVersion(view, id, asOf)
  if (node === undefined)
    throw new FirekeepError('NOT_FOUND', `Not found: ${JSON.stringify(id)}`, { details: { id } })
  const commit = await view.commitOf(node)
  const op = commit.ops.find(each => each.id === id)
  assert(op !== undefined, 'a version is an operation of its commit')
  const { body } = op
  return {
    commit: commit.bytes.slice(),
    ...(body !== null && { body: (await view.bodyOf(node, { ...op, body: body as CID })).slice() }),
    keys: { write: writePublicKey.slice(), read: readKey.publicKey.slice() },
  }
}

async function shownVersion(view: View, id: string, asOf: unknown): Promise<CommitNode | undefined> {
  if (asOf !== undefined) {
    const clock = await resolveClock(view, asOf, parseCid)
    return (await leavesAt(view, id, clock))[0]?.node
  }
  const winner = (await view.entry(id))?.leaves[0]
  return winner && view.nodeOf(winner)
}
