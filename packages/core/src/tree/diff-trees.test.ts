import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../test/runs.js'
import { bytesToBinary, equalBytes } from '../primitives/bytes.js'
import { applyEdits } from './apply-edits.js'
import { diffTrees, type TreeDifference } from './diff-trees.js'
import {
  type Content,
  common,
  edited,
  nodeKeys,
  numberedEntries,
  numberedKey,
  oddKey,
  oddValue,
  sorted,
  storeTree,
} from './fixtures/tree-content.js'
import type { TreeEdit } from './tree-edit.js'

const content = fc.array(fc.tuple(oddKey, oddValue), { maxLength: 40 }).map(sorted)
const edits: fc.Arbitrary<TreeEdit[]> = fc
  .array(fc.tuple(oddKey, fc.option(oddValue, { nil: undefined })), { maxLength: 20 })
  .map(sorted)

describe('the difference of two trees', () => {
  it('is what differs between their contents, ascending, at once or by promise', async () => {
    await fc.assert(
      fc.asyncProperty(content, edits, fc.boolean(), async (entries, edits, async) => {
        const before = edited(new Map(), entries)
        const after = edited(before, edits)
        const a = await storeTree(sorted(before.values()), { async })
        const b = await storeTree(sorted(after.values()), { async })
        const found = await collect(diffTrees(a.blocks, a.root, b.root, b.blocks))
        expect(inText(found)).toEqual(inText(differences(before, after)))
      }),
      { numRuns: runs(120) },
    )
  })

  it('of any two is found, too', async () => {
    await fc.assert(
      fc.asyncProperty(content, content, async (left, right) => {
        const a = await storeTree(left)
        const b = await storeTree(right)
        const found = await collect(diffTrees(a.blocks, a.root, b.root, b.blocks))
        const expected = differences(edited(new Map(), left), edited(new Map(), right))
        expect(inText(found)).toEqual(inText(expected))
      }),
      { numRuns: runs(60) },
    )
  })

  it('reads no node that both trees have, but for those on the edge of different heights', async () => {
    const change = fc.record({
      at: fc.nat(7999),
      length: fc.integer({ min: 1, max: 300 }),
      deletes: fc.boolean(),
    })
    const entries = numberedEntries(4000, 60).map(([key], i) => [numberedKey(2 * i), key] as const)
    const { blocks, root } = await storeTree(entries)
    const before = edited(new Map(), entries)
    const all = new Set(await nodeKeys(blocks, root))
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async changes => {
        const edits = sorted(changes.flatMap(change => toEdits(change)))
        const result = await applyEdits(blocks, root, edits)
        blocks.add(result.added).forgetReads()
        const found = await collect(diffTrees(blocks, root, result.root))
        const read = new Set(blocks.read)
        expect(inText(found)).toEqual(inText(differences(before, edited(before, edits))))
        const shared = common(new Set(await nodeKeys(blocks, result.root)), all)
        expect(common(read, shared).size).toBeLessThanOrEqual(2)
      }),
      { numRuns: runs(25) },
    )
  })

  it('between trees of different heights reads what only one has', async () => {
    const { blocks, root } = await storeTree(numberedEntries(20_000, 60))
    const low = await storeTree(numberedEntries(1500, 60))
    const found = await collect(diffTrees(low.blocks, low.root, root, blocks))
    expect(found).toHaveLength(18_500)
    const shared = common(low.blocks.keys, blocks.keys)
    expect(shared.size).toBeGreaterThan(10)
    expect(common(low.blocks.read, shared).size).toBeLessThanOrEqual(1)
  })

  it('of a tree and itself reads nothing', async () => {
    const { blocks, root } = await storeTree(numberedEntries(2000, 60))
    expect(await collect(diffTrees(blocks, root, root))).toEqual([])
    expect(blocks.reads).toBe(0)
    expect(await collect(diffTrees(blocks, undefined, undefined))).toEqual([])
  })

  it('comes in batches', async () => {
    const { blocks, root } = await storeTree(numberedEntries(2000, 60))
    const sizes: number[] = []
    for await (const batch of diffTrees(blocks, undefined, root)) sizes.push(batch.length)
    expect(sizes.length).toBeGreaterThan(2)
    expect(Math.max(...sizes)).toBeLessThan(1000)
    expect(sizes.reduce((sum, size) => sum + size)).toBe(2000)
  })
})

function toEdits({ at, length, deletes }: { at: number; length: number; deletes: boolean }): TreeEdit[] {
  return Array.from(
    { length },
    (_, i) => [numberedKey(at + i), deletes ? undefined : Uint8Array.of(i)] as const,
  )
}

function differences(before: Content, after: Content): TreeDifference[] {
  const entries = sorted([...before.values(), ...after.values()])
  return entries
    .map(([key]) => {
      const text = bytesToBinary(key)
      return { key, before: before.get(text)?.[1], after: after.get(text)?.[1] }
    })
    .filter(({ before, after }) => before === undefined || after === undefined || !equalBytes(before, after))
}

async function collect(batches: AsyncIterable<TreeDifference[]>): Promise<TreeDifference[]> {
  const all: TreeDifference[] = []
  for await (const batch of batches) all.push(...batch)
  return all
}

/** As texts, which are compared much faster than arrays are. */
function inText(differences: readonly TreeDifference[]): (string | undefined)[][] {
  return differences.map(({ key, before, after }) => [
    bytesToBinary(key),
    before && bytesToBinary(before),
    after && bytesToBinary(after),
  ])
}
