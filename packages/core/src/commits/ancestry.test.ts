import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../test/runs.js'
import type { CidKey } from '../codec/cid.js'
import {
  advanceHeads,
  type CommitNode,
  type CommitRef,
  compareNodes,
  findAncestors,
  findCovering,
  findMissing,
  type NodeOf,
} from './ancestry.js'
import { CommitGraph, commitGraph } from './fixtures/commit-graph.js'

const picks = fc.array(fc.nat(1000), { maxLength: 12 })

function choose(graph: CommitGraph, positions: readonly number[]): CommitNode[] {
  return positions.map(position => graph.at(position % graph.nodes.length))
}

function keys(nodes: readonly CommitRef[]): CidKey[] {
  return nodes.map(node => node.key)
}

/** Counts how often it is asked, and answers later, as a lookup in a stored tree does. */
function countingLookup(graph: CommitGraph): { nodeOf: NodeOf; readonly asked: number } {
  const counter = {
    asked: 0,
    nodeOf: async (ref: CommitRef) => {
      counter.asked += 1
      return graph.nodeOf(ref)
    },
  }
  return counter
}

describe('findAncestors', () => {
  it('answers all pairs of a random history as its definition does, whoever asks', async () => {
    const property = fc.asyncProperty(commitGraph(40), picks, fc.boolean(), async (graph, some, isSlow) => {
      const commits = some.length === 0 ? graph.nodes : choose(graph, some)
      // Copies: what counts is which commit it is, not which object describes it.
      const questions = commits.flatMap(commit =>
        graph.nodes.map(ancestor => ({ commit: { ...commit }, ancestor })),
      )
      const answers = await findAncestors(questions, isSlow ? async ref => graph.nodeOf(ref) : graph.nodeOf)
      const expected = questions.map(({ commit, ancestor }) => graph.ancestors(commit).has(ancestor.key))
      expect(answers).toEqual(expected)
    })
    await fc.assert(property, { numRuns: runs(150) })
  })

  it('answers for more commits than share one walk, over a deep and wide history', async () => {
    const graph = new CommitGraph()
    for (let i = 0; i < 600; i++) graph.add(i === 0 ? [] : [i - 1])
    // 700 commits side by side, each from another point of the chain.
    const askers = Array.from({ length: 700 }, (_, i) => graph.add([(i * 7) % 600]))
    const questions = askers.flatMap((commit, i) =>
      [0, (i * 7) % 600, (i * 13) % 600, 599].map(at => ({ commit, ancestor: graph.at(at) })),
    )
    const answers = await findAncestors(questions, graph.nodeOf)
    expect(answers).toEqual(
      questions.map(({ commit, ancestor }) => graph.ancestors(commit).has(ancestor.key)),
    )
    expect(new Set(answers)).toEqual(new Set([true, false]))
  })

  it('asks for no more of the history than lies above the ancestor', async () => {
    const graph = new CommitGraph()
    for (let i = 0; i < 5000; i++) graph.add(i === 0 ? [] : [i - 1])
    const lookup = countingLookup(graph)
    const [isAncestor] = await findAncestors(
      [{ commit: graph.at(4999), ancestor: graph.at(4990) }],
      lookup.nodeOf,
    )
    expect(isAncestor).toBe(true)
    expect(lookup.asked).toBeLessThan(20)
  })

  it('takes as many questions of one commit as a large commit can ask', async () => {
    const graph = new CommitGraph()
    for (let i = 0; i < 4; i++) graph.add(i === 0 ? [] : [i - 1])
    const question = { commit: graph.at(3), ancestor: graph.at(0) }
    const answers = await findAncestors(Array<typeof question>(200_000).fill(question), graph.nodeOf)
    expect(answers.every(Boolean)).toBe(true)
  })
})

describe('findMissing', () => {
  it('gives what heads reach and a base does not, parents first', async () => {
    const property = fc.asyncProperty(commitGraph(40), picks, picks, async (graph, some, others) => {
      const heads = choose(graph, some)
      const base = choose(graph, others)
      const covered = graph.closure(base)
      const expected = [...graph.closure(heads)].filter(key => !covered.has(key))
      const missing = await findMissing(heads, base, graph.nodeOf)
      expect(keys(missing).sort()).toEqual(expected.sort())
      expect(missing).toEqual([...missing].sort(compareNodes))
    })
    await fc.assert(property, { numRuns: runs(300) })
  })

  it('leaves out what the history does not have, on either side', async () => {
    const graph = new CommitGraph()
    const root = graph.add([])
    const child = graph.add([0])
    const unknown = new CommitGraph().add([])
    expect(unknown.key).toBe(root.key)
    const nodeOf = (ref: CommitRef) => (ref.key === root.key ? undefined : graph.nodeOf(ref))
    expect(await findMissing([child], [root], nodeOf)).toEqual([child])
  })

  it('costs what is missing, not what is there', async () => {
    const graph = new CommitGraph()
    for (let i = 0; i < 5000; i++) graph.add(i === 0 ? [] : [i - 1])
    const lookup = countingLookup(graph)
    const missing = await findMissing([graph.at(4999)], [graph.at(4989)], lookup.nodeOf)
    expect(missing.length).toBe(10)
    expect(lookup.asked).toBeLessThan(40)
  })
})

describe('findCovering', () => {
  it('names for each wanted commit a start that is it or has it as ancestor, if there is one', async () => {
    const property = fc.asyncProperty(commitGraph(40), picks, picks, async (graph, some, others) => {
      const starts = choose(graph, some)
      const wanted = choose(graph, others)
      const covering = await findCovering(starts, wanted, graph.nodeOf)
      for (const node of wanted) {
        const able = starts.filter(start => start.key === node.key || graph.ancestors(start).has(node.key))
        const start = covering.get(node.key)
        if (able.length === 0) expect(start).toBeUndefined()
        else expect(keys(able)).toContain(start)
      }
    })
    await fc.assert(property, { numRuns: runs(300) })
  })

  it('takes as much as a large call wants', async () => {
    const graph = new CommitGraph()
    const root = graph.add([])
    const wanted = Array<CommitNode>(200_000).fill(root)
    expect(await findCovering([graph.add([0])], wanted, graph.nodeOf)).toEqual(
      new Map([[root.key, graph.at(1).key]]),
    )
  })
})

describe('advanceHeads', () => {
  it('gives the commits without children, sorted by bytes, in whatever steps the history grew', () => {
    const property = fc.property(
      commitGraph(60),
      fc.array(fc.integer({ min: 1, max: 9 })),
      (graph, steps) => {
        let heads: CommitNode[] = []
        for (let at = 0, i = 0; at < graph.nodes.length; i++) {
          const next = graph.nodes.slice(at, at + (steps[i] ?? 1))
          heads = advanceHeads(heads, next)
          at += next.length
        }
        const parents = new Set(graph.nodes.flatMap(node => keys(node.parents)))
        const expected = keys(graph.nodes).filter(key => !parents.has(key))
        expect(keys(heads)).toEqual(expected.sort())
      },
    )
    fc.assert(property, { numRuns: runs(200) })
  })
})
