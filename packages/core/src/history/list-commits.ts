import { type CommitNode, type CommitRef, compareNodes } from '../commits/ancestry.js'
import { toBase64Url } from '../primitives/bytes.js'
import type { View } from '../state/view.js'
import { type ListOptions, stepSizes } from './list-options.js'

/** One commit of a history. */
export interface CommitEntry {
  /** Where it stands in the list. */
  readonly place: CommitRef
  readonly clock: readonly string[]
  /** Base64url. */
  readonly author: string
  readonly time: number
  readonly ids: readonly string[]
  /** As clocks. */
  readonly parents: readonly (readonly string[])[]
}

/** All commits, the last applied first. Reads the tree of the history from its end, and the commits in steps that grow. */
export async function* listCommits(view: View, options: ListOptions): AsyncGenerator<CommitEntry, void> {
  const nodes = nodesDown(view, options.after)
  for (const size of stepSizes(options.limit)) {
    const step: CommitNode[] = []
    while (step.length < size) {
      const next = await nodes.next()
      if (next.done) break
      step.push(next.value)
    }
    yield* await Promise.all(step.map(node => toEntry(view, node)))
    if (step.length < size) return
  }
}

/** The commits after the snapshot may stand below some of it: both are merged. */
async function* nodesDown(view: View, after: CommitRef | undefined): AsyncGenerator<CommitNode, void> {
  const recent = [...view.commits.values()].map(({ node }) => node).sort(compareNodes)
  while (after !== undefined && recent.length > 0 && compareNodes(recent.at(-1) as CommitNode, after) >= 0)
    recent.pop()
  for await (const page of view.snapshot?.commitPages(after) ?? []) {
    for (const { node } of page) {
      for (
        let last = recent.at(-1);
        last !== undefined && compareNodes(last, node) > 0;
        last = recent.at(-1)
      ) {
        yield last
        recent.pop()
      }
      yield node
    }
  }
  yield* recent.reverse()
}

async function toEntry(view: View, node: CommitNode): Promise<CommitEntry> {
  const { author, time, ops, parents } = await view.commitOf(node)
  return {
    place: node,
    clock: Object.freeze([node.cid.toString()]),
    author: toBase64Url(author),
    time,
    ids: Object.freeze(ops.map(op => op.id)),
    parents: parents.map(cid => Object.freeze([cid.toString()])),
  }
}
