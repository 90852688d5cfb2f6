import { describe, expect, it } from 'vitest'
import { buildTree } from './build-tree.js'
import { MAX_CHUNK_BYTES, MIN_CHUNK_BYTES, TARGET_CHUNK_BYTES } from './chunking.js'
import { numberedEntries, numberedKey } from './fixtures/tree-content.js'
import { type TreeEntry, TreeNode } from './tree-node.js'

describe('nodes', () => {
  it.each([10, 90, 350, 1500])('of entries of %i bytes have the size aimed at', async length => {
    const nodes = await build(numberedEntries(4_000_000 / (length + 20), length))
    const leaves = nodes.filter(node => node.level === 0)
    const sizes = leaves.map(bytesOf)
    const average = sizes.reduce((sum, size) => sum + size) / sizes.length
    expect(average).toBeGreaterThan(0.85 * TARGET_CHUNK_BYTES)
    expect(average).toBeLessThan(1.15 * TARGET_CHUNK_BYTES)
    expect(Math.min(...sizes.slice(0, -1))).toBeGreaterThanOrEqual(MIN_CHUNK_BYTES)
    expect(Math.max(...sizes)).toBeLessThan(MAX_CHUNK_BYTES + length + 20)
  })

  it('end with an entry above the maximum', async () => {
    const entries = numberedEntries(40, 10).map(([key, value], i) =>
      i % 10 === 5 ? ([key, new Uint8Array(40_000)] as const) : ([key, value] as const),
    )
    const leaves = (await build(entries)).filter(node => node.level === 0)
    expect(leaves.map(leaf => leaf.count)).toEqual([6, 10, 10, 10, 4])
  })

  it('of keys as long as a node still come together in few levels', async () => {
    const entries = Array.from({ length: 200 }, (_, i): TreeEntry => {
      const key = new Uint8Array(40_000)
      key.set(numberedKey(i))
      return [key, Uint8Array.of(1)]
    })
    const nodes = await build(entries)
    expect(nodes.filter(node => node.level === 0)).toHaveLength(200)
    expect(nodes.at(-1)?.level).toBe(8)
    expect(nodes.at(-1)?.size).toBe(200)
  })

  it('are the same for ever: the law is part of the format', async () => {
    const { root, added } = await buildTree(numberedEntries(5000, 50))
    expect(added.length).toBe(PINNED_NODES)
    expect(root?.toString()).toBe(PINNED_ROOT)
  })

  it('have no root above the leaves with a single child', async () => {
    for (const count of [1, 2, 20, 90, 200, 1000]) {
      const root = (await build(numberedEntries(count, 90))).at(-1) as TreeNode
      expect(root.size).toBe(count)
      if (root.level > 0) expect(root.count).toBeGreaterThan(1)
    }
  })
})

const PINNED_NODES = 45
const PINNED_ROOT = 'bafkreid5ug2noyryecfrd4dt3vskuimucc5ldawryuxjdjlscixzydnegm'

async function build(entries: readonly TreeEntry[]): Promise<TreeNode[]> {
  const { added } = await buildTree(entries)
  return added.map(block => TreeNode.parse(block.bytes))
}

function bytesOf(node: TreeNode): number {
  let bytes = 0
  for (let i = 0; i < node.count; i++) bytes += node.keyAt(i).length + node.valueAt(i).length + 8
  return bytes
}
