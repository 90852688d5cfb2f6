import type { CID, CidKey } from '../codec/cid.js'
import { type CommitNode, type CommitRef, findAncestors, findMissing } from '../commits/ancestry.js'
import type { Commit, Operation } from '../commits/commit.js'
import { assert, FirekeepError } from '../errors.js'
import type { MaybePromise } from '../primitives/maybe-promise.js'
import { compareLeaves } from './leaf.js'
import type { View } from './view.js'

/** Reads a commit of the history by its place in the graph. */
export type CommitOf = (node: CommitNode) => MaybePromise<Commit>

/** One version of a document, without its content. */
export interface Version {
  readonly node: CommitNode
  readonly op: Operation
}

/** The commits a clock names. `INVALID_OPTION` when it is no clock, `UNKNOWN_CLOCK` when one of them is not in this history. */
export async function resolveClock(
  view: View,
  clock: unknown,
  parse: (text: unknown) => CID,
): Promise<CommitNode[]> {
  if (!Array.isArray(clock))
    throw new FirekeepError(
      'INVALID_OPTION',
      'a clock is the array of strings that put, clock() or changes() gave',
    )
  const nodes = new Map<CidKey, CommitNode>()
  for (const text of clock) {
    const node = await view.find(parse(text))
    if (node === undefined) {
      throw new FirekeepError('UNKNOWN_CLOCK', `this database does not have commit ${text}; sync it first`, {
        details: { commit: text },
      })
    }
    nodes.set(node.key, node)
  }
  return [...nodes.values()].sort((a, b) => (a.key < b.key ? -1 : 1))
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
  commitOf: CommitOf = node => view.commitOf(node),
): Promise<Version[]> {
  const later = await findMissing(view.heads, clock, ref => view.nodeOf(ref))
  return leavesOutside(view, id, new Set(later.map(node => node.key)), commitOf)
}

/** As {@link leavesAt}, for the history without the commits in `later`. */
export async function leavesOutside(
  view: View,
  id: string,
  later: ReadonlySet<CidKey>,
  commitOf: CommitOf,
): Promise<Version[]> {
  const seen = new Set<CidKey>()
  const candidates = new Map<CidKey, Version>()
  const superseded = new Set<CidKey>()
  let links: readonly Link[] = []
  let frontier: readonly CommitRef[] = (await view.entry(id))?.leaves ?? []
  while (frontier.length > 0) {
    for (const { key } of frontier) seen.add(key)
    const versions = await readVersions(view, id, frontier, commitOf)
    const found = await countingLinks(view, versions)
    for (const { by, prev } of found) if (!later.has(by)) superseded.add(prev.key)
    for (const version of versions)
      if (!later.has(version.node.key)) candidates.set(version.node.key, version)
    for (const key of superseded) candidates.delete(key)
    // One candidate is a leaf, as there is one. Of several, one may yet turn out to be superseded by a version
    // between it and another: those lie above the lowest.
    const floor = candidates.size > 1 ? lowestHeight(candidates.values()) : Number.POSITIVE_INFINITY
    links = [...links, ...found].filter(({ prev }) => !seen.has(prev.key))
    const next = links.filter(({ by, prev }) => later.has(by) || prev.height > floor)
    frontier = [...new Map(next.map(({ prev }) => [prev.key, prev])).values()]
  }
  return [...candidates.values()].sort(compareVersions)
}

/** The versions of a document that these supersede, each once: what they name and have as ancestor (L2). */
export async function supersededBy(view: View, id: string, versions: readonly Version[]): Promise<Version[]> {
  const links = await countingLinks(view, versions)
  const superseded = new Map(links.map(({ prev }) => [prev.key, prev]))
  return readVersions(view, id, [...superseded.values()], node => view.commitOf(node))
}

/** One version's counting `prev`. */
interface Link {
  readonly by: CidKey
  readonly prev: CommitNode
}

function lowestHeight(versions: Iterable<Version>): number {
  let lowest = Number.POSITIVE_INFINITY
  for (const { node } of versions) lowest = Math.min(lowest, node.height)
  return lowest
}

/** The order of leaves, for versions whose content is not loaded. */
export function compareVersions(a: Version, b: Version): number {
  return compareLeaves({ ...a.node, body: a.op.body }, { ...b.node, body: b.op.body })
}

/** Reads versions of a document; a commit that a hostile `prev` names and that does not touch it is none. */
async function readVersions(
  view: View,
  id: string,
  refs: readonly CommitRef[],
  commitOf: CommitOf,
): Promise<Version[]> {
  const read = async (ref: CommitRef) => {
    const node = await view.nodeOf(ref)
    assert(node !== undefined, 'a version is in the history')
    const op = (await commitOf(node)).ops.find(each => each.id === id)
    return op === undefined ? [] : [{ node, op }]
  }
  return (await Promise.all(refs.map(read))).flat()
}

/** What these versions supersede (L2): what they name and have as ancestor. */
async function countingLinks(view: View, versions: readonly Version[]): Promise<Link[]> {
  const named = versions.flatMap(({ node, op }) => op.prev.map(cid => ({ commit: node, cid })))
  const found = await Promise.all(named.map(({ cid }) => view.find(cid)))
  const questions = named.flatMap(({ commit }, i) => {
    const ancestor = found[i]
    return ancestor === undefined ? [] : [{ commit, ancestor }]
  })
  const answers = await findAncestors(questions, ref => view.nodeOf(ref))
  return questions.flatMap(({ commit, ancestor }, i) =>
    answers[i] ? [{ by: commit.key, prev: ancestor }] : [],
  )
}
