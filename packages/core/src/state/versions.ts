import { type CID, type CidKey, cidToKey } from '../codec/cid.js'
import { type CommitNode, findMissing } from '../commits/ancestry.js'
import type { Operation } from '../commits/commit.js'
import { assert, FirekeepError } from '../errors.js'
import { HistoryReader } from './history-reader.js'
import { compareLeaves, type Leaf } from './leaf.js'
import type { View } from './view.js'

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
  if (!Array.isArray(clock)) throw noClock()
  const nodes = new Map<CidKey, CommitNode>()
  for (const text of clock) {
    const node = await view.find(parseHead(text, parse))
    if (node === undefined) {
      throw new FirekeepError('UNKNOWN_CLOCK', `this database does not have commit ${text}; sync it first`, {
        details: { commit: text },
      })
    }
    nodes.set(node.key, node)
  }
  return [...nodes.values()].sort((a, b) => (a.key < b.key ? -1 : 1))
}

function parseHead(text: unknown, parse: (text: unknown) => CID): CID {
  if (typeof text !== 'string') throw noClock()
  try {
    return parse(text)
  } catch (cause) {
    throw noClock(`; ${JSON.stringify(text)} is no id of a commit`, cause)
  }
}

function noClock(more = '', cause?: unknown): FirekeepError {
  return new FirekeepError(
    'INVALID_OPTION',
    `a clock is the array of strings that put, clock(), a change or an entry of the history gave${more}`,
    { cause },
  )
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
  reader?: HistoryReader,
): Promise<Version[]> {
  const later = await findMissing(view.heads, clock, ref => view.nodeOf(ref))
  return leavesOutside(view, id, new Set(later.map(node => node.key)), reader)
}

/** As {@link leavesAt}, for the history without the commits in `later`. */
export async function leavesOutside(
  view: View,
  id: string,
  later: ReadonlySet<CidKey>,
  reader: HistoryReader = new HistoryReader(view),
): Promise<Version[]> {
  const leaves = (await view.entry(id))?.leaves ?? []
  const named = await namedOutside(id, leaves, later, reader)
  return named.length < 2 ? named : leavesBelow(id, leaves, later, reader)
}

/**
 * Versions that are leaves now, or that later ones name, whether that counts or not: what was a leaf then is among them.
 * One alone is the leaf, as a document that existed had one; so mostly nothing is to be asked about ancestors.
 */
async function namedOutside(
  id: string,
  leaves: readonly Leaf[],
  later: ReadonlySet<CidKey>,
  reader: HistoryReader,
): Promise<Version[]> {
  const seen = new Set<CidKey>()
  const outside: Version[] = []
  for (let frontier = leaves.map(leaf => leaf.commit); frontier.length > 0; ) {
    const fresh = [...new Map(frontier.map(cid => [cidToKey(cid), cid]))].filter(([key]) => !seen.has(key))
    for (const [key] of fresh) seen.add(key)
    frontier = []
    for (const placed of await Promise.all(fresh.map(([, cid]) => reader.find(cid)))) {
      const op = placed && reader.operationOf(placed.commit, id)
      if (placed === undefined || op === undefined) continue
      if (later.has(placed.node.key)) frontier.push(...op.prev)
      else outside.push({ node: placed.node, op })
    }
  }
  return outside
}

async function leavesBelow(
  id: string,
  leaves: readonly Leaf[],
  later: ReadonlySet<CidKey>,
  reader: HistoryReader,
): Promise<Version[]> {
  const seen = new Set<CidKey>()
  const candidates = new Map<CidKey, Version>()
  const superseded = new Set<CidKey>()
  let links: readonly Link[] = []
  let frontier: readonly VersionRef[] = leaves.map(({ key, commit }) => ({ key, cid: commit }))
  while (frontier.length > 0) {
    for (const { key } of frontier) seen.add(key)
    const versions = await readVersions(reader, id, frontier)
    const found = await countingLinks(reader, versions)
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
export async function supersededBy(
  reader: HistoryReader,
  id: string,
  versions: readonly Version[],
): Promise<Version[]> {
  const links = await countingLinks(reader, versions)
  const superseded = new Map(links.map(({ prev }) => [prev.key, prev]))
  return readVersions(reader, id, [...superseded.values()])
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

type VersionRef = Pick<CommitNode, 'key' | 'cid'>

/** Reads versions of a document; a commit that a hostile `prev` names and that does not touch it is none. */
async function readVersions(
  reader: HistoryReader,
  id: string,
  refs: readonly VersionRef[],
): Promise<Version[]> {
  const read = async ({ cid }: VersionRef) => {
    const placed = await reader.find(cid)
    assert(placed !== undefined, 'a version is in the history')
    const op = reader.operationOf(placed.commit, id)
    return op === undefined ? [] : [{ node: placed.node, op }]
  }
  return (await Promise.all(refs.map(read))).flat()
}

/** What these versions supersede (L2): what they name and have as ancestor. */
async function countingLinks(reader: HistoryReader, versions: readonly Version[]): Promise<Link[]> {
  const named = versions.flatMap(({ node, op }) => op.prev.map(cid => ({ commit: node, cid })))
  const found = await Promise.all(named.map(({ cid }) => reader.find(cid)))
  const questions = named.flatMap(({ commit }, i) => {
    const ancestor = found[i]?.node
    return ancestor === undefined ? [] : [{ commit, ancestor }]
  })
  const answers = await reader.findAncestors(questions)
  return questions.flatMap(({ commit, ancestor }, i) =>
    answers[i] ? [{ by: commit.key, prev: ancestor }] : [],
  )
}
