import { type CID, type CidKey, cidToKey } from '../codec/cid.js'
import { type CommitNode, findAncestors, findMissing } from '../commits/ancestry.js'
import type { Commit, Operation } from '../commits/commit.js'
import { assert, FirekeepError } from '../errors.js'
import { compareLeaves } from './leaf.js'
import type { View } from './view.js'

/** Reads a commit of the history by its place in the graph. */
export type CommitOf = (node: CommitNode) => Promise<Commit>

/** One version of a document, without its content. */
export interface Version {
  readonly node: CommitNode
  readonly op: Operation
}

/** The commits a clock names. `INVALID_OPTION` when it is no clock, `UNKNOWN_CLOCK` when one of them is not in this history. */
export function resolveClock(view: View, clock: unknown, parse: (text: unknown) => CID): CommitNode[] {
  if (!Array.isArray(clock))
    throw new FirekeepError(
      'INVALID_OPTION',
      'a clock is the array of strings that put, clock() or changes() gave',
    )
  return clock.map(text => {
    const node = view.history.get(cidToKey(parse(text)))
    if (node === undefined) {
      throw new FirekeepError('UNKNOWN_CLOCK', `this database does not have commit ${text}; sync it first`, {
        details: { commit: text },
      })
    }
    return node
  })
}

/**
 * The leaves a document had at an earlier moment, the winner first; empty when it did not exist.
 *
 * Every version is a leaf or named by a counting `prev`, so walking the `prev`s down from today's leaves
 * passes all that were leaves then: the cost follows what happened to this document since.
 */
export async function leavesAt(
  view: View,
  id: string,
  clock: readonly CommitNode[],
  commitOf: CommitOf,
): Promise<Version[]> {
  const later = await findMissing(
    view.heads.map(head => head.key),
    clock.map(node => node.key),
    key => view.history.get(key),
  )
  return leavesOutside(view, id, new Set(later.map(node => node.key)), commitOf)
}

/** As {@link leavesAt}, for the history without the commits in `later`. */
export async function leavesOutside(
  view: View,
  id: string,
  later: ReadonlySet<CidKey>,
  commitOf: CommitOf,
): Promise<Version[]> {
  const seen = new Map<CidKey, Version>()
  const earlier = new Map<CidKey, Version>()
  const superseded = new Set<CidKey>()
  let frontier = (view.entry(id)?.leaves ?? []).map(leaf => leaf.key)
  while (frontier.length > 0) {
    const versions = await Promise.all(frontier.map(key => readVersion(view, id, key, commitOf)))
    for (const version of versions) {
      seen.set(version.node.key, version)
      if (!later.has(version.node.key)) earlier.set(version.node.key, version)
    }
    const named = await countingPrevs(view, versions)
    for (const { by, prev } of named) if (!later.has(by)) superseded.add(prev)
    const floor =
      earlier.size > 1
        ? Math.min(...[...earlier.values()].map(version => version.node.height))
        : Number.POSITIVE_INFINITY
    const next = named.filter(
      ({ by, prev }) => !seen.has(prev) && (later.has(by) || (seen.get(by) as Version).node.height > floor),
    )
    frontier = [...new Set(next.map(({ prev }) => prev))]
  }
  return [...earlier.values()].filter(version => !superseded.has(version.node.key)).sort(compareVersions)
}

/** The order of leaves, for versions whose content is not loaded. */
export function compareVersions(a: Version, b: Version): number {
  return compareLeaves(toLeaf(a), toLeaf(b))
}

function toLeaf({ node, op }: Version) {
  return {
    commit: node.cid,
    key: node.key,
    height: node.height,
    body: op.body,
    purge: false,
    document: undefined,
  }
}

async function readVersion(view: View, id: string, key: CidKey, commitOf: CommitOf): Promise<Version> {
  const node = view.history.get(key)
  assert(node !== undefined, 'a version is in the history')
  const op = (await commitOf(node)).ops.find(each => each.id === id)
  assert(op !== undefined, 'a version is an operation of its commit')
  return { node, op }
}

/** Which earlier versions of the document these supersede (L2): named, an ancestor, and a version of it. */
async function countingPrevs(
  view: View,
  versions: readonly Version[],
): Promise<{ by: CidKey; prev: CidKey }[]> {
  const questions = versions.flatMap(({ node, op }) =>
    op.prev.flatMap(cid => {
      const ancestor = view.history.get(cidToKey(cid))
      return ancestor === undefined ? [] : [{ commit: node, ancestor }]
    }),
  )
  const answers = await findAncestors(questions, key => view.history.get(key))
  return questions.flatMap(({ commit, ancestor }, i) =>
    answers[i] ? [{ by: commit.key, prev: ancestor.key }] : [],
  )
}
