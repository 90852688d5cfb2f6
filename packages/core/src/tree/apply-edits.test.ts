import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../test/runs.js'
import { cidToKey } from '../codec/cid.js'
import { applyEdits } from './apply-edits.js'
import { buildTree } from './build-tree.js'
import { MemoryBlocks } from './fixtures/memory-blocks.js'
import {
  type Content,
  edited,
  nodeKeys,
  numberedEntries,
  numberedKey,
  oddKey,
  oddValue,
  sorted,
  storeTree,
  without,
} from './fixtures/tree-content.js'
import type { TreeEdit } from './tree-edit.js'
import type { TreeRoot } from './tree-node.js'

const edit: fc.Arbitrary<TreeEdit> = fc.tuple(oddKey, fc.option(oddValue, { nil: undefined, freq: 3 }))
const edits = fc.array(edit, { maxLength: 40 }).map(sorted)

describe('applying edits', () => {
  it('gives the tree that is built of the outcome, whatever the history, and exactly the nodes that differ', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(edits, { maxLength: 6 }), fc.boolean(), async (groups, async) => {
        const blocks = new MemoryBlocks({ async })
        let content: Content = new Map()
        let root: TreeRoot
        for (const edits of groups) {
          content = edited(content, edits)
          root = await applyAndCheck(blocks, root, edits, content)
        }
      }),
      { numRuns: runs(120) },
    )
  })

  it('of many entries gives the built tree too', async () => {
    const change = fc.record({
      at: fc.nat(3999),
      length: fc.integer({ min: 1, max: 600 }),
      step: fc.constantFrom(1, 1, 7),
      value: fc.option(oddValue, { nil: undefined, freq: 2 }),
    })
    await fc.assert(
      fc.asyncProperty(
        fc.array(change, { minLength: 1, maxLength: 4 }),
        fc.boolean(),
        async (changes, together) => {
          const entries = numberedEntries(2000, 60).map(([key], i) => [numberedKey(2 * i), key] as const)
          const { blocks, root } = await storeTree(entries)
          const groups = changes.map(({ at, length, step, value }) =>
            Array.from({ length }, (_, i) => [numberedKey(at + i * step), value?.subarray(0, 300)] as const),
          )
          let content = edited(new Map(), entries)
          let current = root
          for (const group of together ? [groups.flat()] : groups) {
            content = edited(content, group)
            current = await applyAndCheck(blocks, current, sorted(group), content)
          }
        },
      ),
      { numRuns: runs(25) },
    )
  })

  it('that change nothing adds and removes nothing', async () => {
    const entries = numberedEntries(500, 100)
    const { blocks, root } = await storeTree(entries)
    const same: TreeEdit[] = [...entries.slice(20, 300), [numberedKey(700), undefined]]
    expect(await applyEdits(blocks, root, same)).toEqual({ root, added: [], removed: [] })
    expect(await applyEdits(blocks, root, [])).toEqual({ root, added: [], removed: [] })
    expect(await applyEdits(blocks, undefined, [[numberedKey(7), undefined]])).toEqual({
      root: undefined,
      added: [],
      removed: [],
    })
  })

  it('that delete all leaves the empty tree, and all nodes removed', async () => {
    const entries = numberedEntries(3000, 100)
    const { blocks, root } = await storeTree(entries)
    const result = await applyEdits(
      blocks,
      root,
      entries.map(([key]) => [key, undefined] as const),
    )
    expect(result.root).toBeUndefined()
    expect(result.added).toEqual([])
    expect(new Set(result.removed.map(cidToKey))).toEqual(blocks.keys)
  })

  it.each(['first', 'last'])('that leave the %s entry of a high tree leave one leaf', async end => {
    const entries = numberedEntries(20_000, 100)
    const { blocks, root } = await storeTree(entries)
    const kept = end === 'first' ? 0 : entries.length - 1
    const edits = entries.filter((_, i) => i !== kept).map(([key]) => [key, undefined] as const)
    await applyAndCheck(blocks, root, edits, edited(new Map(), [entries[kept] as TreeEdit]))
  })

  it('reads and writes the paths to the changes, and shares the rest', async () => {
    const { blocks, root } = await storeTree(numberedEntries(30_000, 100))
    const edits = [100, 9000, 25_000].map(i => [numberedKey(i), Uint8Array.of(9)] as const)
    const { added, removed } = await applyEdits(blocks, root, edits)
    expect(removed.length).toBeLessThanOrEqual(12)
    expect(added.length).toBeLessThanOrEqual(12)
    expect(blocks.read.size).toBeLessThanOrEqual(16)
  })

  it('refuses edits and entries that do not ascend', async () => {
    const [a, b, c] = numberedEntries(3, 10) as [TreeEdit, TreeEdit, TreeEdit]
    const { blocks, root } = await storeTree(numberedEntries(10, 20))
    await expect(applyEdits(blocks, root, [b, a])).rejects.toMatchObject({ code: 'INTERNAL' })
    await expect(applyEdits(blocks, root, [c, c])).rejects.toMatchObject({ code: 'INTERNAL' })
    await expect(applyEdits(blocks, undefined, [b, a])).rejects.toMatchObject({ code: 'INTERNAL' })
  })
})

/** Applies edits to what is stored, compares with the tree built anew, and stores exactly what is said to have changed. */
async function applyAndCheck(
  blocks: MemoryBlocks,
  root: TreeRoot,
  edits: readonly TreeEdit[],
  content: Content,
): Promise<TreeRoot> {
  const before = new Set(await nodeKeys(blocks, root))
  const result = await applyEdits(blocks, root, edits)
  const built = await buildTree(sorted(content.values()))
  const after = new Set(built.added.map(block => cidToKey(block.cid)))
  expect(result.root?.toString()).toBe(built.root?.toString())
  expect(result.added.map(block => cidToKey(block.cid)).sort()).toEqual(without(after, before).sort())
  expect(result.removed.map(cidToKey).sort()).toEqual(without(before, after).sort())
  blocks.add(result.added).remove(result.removed)
  expect(new Set(await nodeKeys(blocks, result.root))).toEqual(after)
  return result.root
}
