import { type CID, type CidKey, cidToKey } from '../codec/cid.js'
import {
  type AncestorQuestion,
  type CommitNode,
  compareNodes,
  findAncestors,
  findMissing,
} from '../commits/ancestry.js'
import type { Commit } from '../commits/commit.js'
import type { View } from '../state/view.js'
import type { Erased } from './erased.js'

/** What counts as history that may go: up to a clock, or to a moment by the clocks of those who wrote. */
export type PruneBound = readonly CommitNode[] | Date

/** A version that a commit names: superseded if it is an ancestor. */
interface NamedVersion extends AncestorQuestion {
  readonly version: string
}

/**
 * The contents of the versions that were superseded up to a bound (L10): those that commits up to it name, and
 * that are their ancestors. What was shown at the bound stays, and so does every leaf: a content that any other
 * version of the history has is not among them. Reads every commit of the history, and no content.
 */
export async function prunableBodies(view: View, bound: PruneBound): Promise<Erased> {
  const nodes = await findMissing(view.heads, [], ref => view.nodeOf(ref))
  const nodeByKey = new Map(nodes.map(node => [node.key, node]))
  const isWithin = await withinBound(bound, nodeByKey)
  const bodyByVersion = new Map<string, CID>()
  const superseded = new Set<string>()
  const questions: NamedVersion[] = []
  const heads = new Heads()
  for (const node of nodes) {
    const isOnTop = heads.advance(node)
    const found = view.commitOf(node)
    const commit = found instanceof Promise ? await found : found
    const mayDrop = isWithin(commit)
    for (const { id, prev, body } of commit.ops) {
      if (body !== null) bodyByVersion.set(versionName(node.key, id), body)
      if (!mayDrop) continue
      for (const key of prev.map(cidToKey)) {
        const ancestor = nodeByKey.get(key)
        if (ancestor === undefined || compareNodes(ancestor, node) >= 0) continue
        const version = versionName(key, id)
        if (isOnTop) superseded.add(version)
        else questions.push({ commit: node, ancestor, version })
      }
    }
  }
  const counts = await findAncestors(questions, ref => nodeByKey.get(ref.key))
  for (const [i, { version }] of questions.entries()) if (counts[i]) superseded.add(version)
  return bodiesOfNoOther(superseded, bodyByVersion)
}

async function withinBound(
  bound: PruneBound,
  nodeByKey: ReadonlyMap<CidKey, CommitNode>,
): Promise<(commit: Commit) => boolean> {
  if (bound instanceof Date) return ({ time }) => time < bound.getTime()
  const nodes = await findMissing(bound, [], ref => nodeByKey.get(ref.key))
  const keys = new Set(nodes.map(node => node.key))
  return ({ key }) => keys.has(key)
}

/** Two versions have one content only by a hostile hand; who keeps his keeps it. */
function bodiesOfNoOther(superseded: ReadonlySet<string>, bodyByVersion: ReadonlyMap<string, CID>): Erased {
  const bodies = new Map<CidKey, CID>()
  const kept = new Set<CidKey>()
  for (const [version, body] of bodyByVersion) {
    if (superseded.has(version)) bodies.set(cidToKey(body), body)
    else kept.add(cidToKey(body))
  }
  for (const key of kept) bodies.delete(key)
  return bodies
}

/** The heads of the commits so far, which come parents first. */
class Heads {
  readonly #keys = new Set<CidKey>()

  /** Answers whether all commits before are ancestors of this one: then no walk has to tell. */
  advance({ key, parents }: CommitNode): boolean {
    for (const parent of parents) this.#keys.delete(parent.key)
    const isOnTop = this.#keys.size === 0
    this.#keys.add(key)
    return isOnTop
  }
}

function versionName(commit: CidKey, id: string): string {
  return `${commit}${id}`
}
