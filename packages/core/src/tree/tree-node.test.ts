import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../test/runs.js'
import { type Block, hashBlock, RAW } from '../codec/block.js'
import type { CID } from '../codec/cid.js'
import { compareBytes, concatBytes, toHex, utf8ToBytes } from '../primitives/bytes.js'
import { applyEdits } from './apply-edits.js'
import { countRange, entryAtRank } from './count-range.js'
import { diffTrees } from './diff-trees.js'
import { MemoryBlocks } from './fixtures/memory-blocks.js'
import { numberedEntries, numberedKey, oddKey, oddValue, sorted, storeTree } from './fixtures/tree-content.js'
import { listNodes } from './list-nodes.js'
import { lookUp, lookUpAll } from './look-up.js'
import { scanTree } from './scan-tree.js'
import { encodeChild, encodeNode, readNode, type TreeEntry, TreeNode } from './tree-node.js'

const entries = fc.array(fc.tuple(oddKey, oddValue), { minLength: 1, maxLength: 30 }).map(sorted)
const corrupt = expect.objectContaining({ code: 'CORRUPT' })

describe('a node', () => {
  it('has the entries it was made of, and finds each key in its place', () => {
    fc.assert(
      fc.property(entries, oddKey, fc.nat(50), (entries, other, offset) => {
        const encoded = encodeNode(0, entries)
        // As a view into something larger, which is how blocks come out of a pack.
        const node = TreeNode.parse(
          concatBytes(new Uint8Array(offset), encoded, encoded).subarray(offset, offset + encoded.length),
        )
        expect([node.level, node.count, node.size]).toEqual([0, entries.length, entries.length])
        for (const [i, [key, value]] of entries.entries()) {
          expect(compareBytes(node.keyAt(i), key)).toBe(0)
          expect(compareBytes(node.valueAt(i), value)).toBe(0)
          expect(node.find(key)).toBe(i)
        }
        const below = entries.filter(([key]) => compareBytes(key, other) < 0).length
        const upTo = entries.filter(([key]) => compareBytes(key, other) <= 0).length
        expect(node.lowerBound(other)).toBe(below)
        expect(node.lastAtOrBelow(other)).toBe(upTo - 1)
        expect(node.find(other)).toBe(below < upTo ? below : -1)
      }),
      { numRuns: runs(100) },
    )
  })

  it('has the bytes of the format', () => {
    const leaf = encodeNode(0, [
      [utf8ToBytes('a'), utf8ToBytes('xyz')],
      [utf8ToBytes('bc'), new Uint8Array()],
    ])
    expect(toHex(leaf)).toBe(
      `0100${'00000002'}${'00000001'}${'00000003'}${'00000003'}${'00000003'}616263${'78797a'}`,
    )
  })

  it('above the leaves knows its children', async () => {
    const leaf = await hashBlock(RAW, encodeNode(0, numberedEntries(3, 4)))
    const node = TreeNode.parse(
      encodeNode(1, [[numberedKey(0), encodeChild({ cid: leaf.cid, size: 0x01020304 })]]),
    )
    expect([node.level, node.count, node.size]).toEqual([1, 1, 0x01020304])
    expect(node.childAt(0).cid.equals(leaf.cid)).toBe(true)
    expect(node.childAt(0)).toBe(node.childAt(0))
    expect(() => TreeNode.parse(leaf.bytes).childAt(0)).toThrow(expect.objectContaining({ code: 'INTERNAL' }))
  })

  it('is the same object while its block stays in memory', async () => {
    const { blocks, root } = await storeTree(numberedEntries(3, 4))
    expect(readNode(blocks, root as CID)).toBe(readNode(blocks, root as CID))
  })
})

describe('bytes that are no node', () => {
  it('are refused when cut short or made longer', () => {
    fc.assert(
      fc.property(entries, fc.nat(), (entries, at) => {
        const bytes = encodeNode(0, entries)
        expect(() => TreeNode.parse(bytes.subarray(0, at % bytes.length))).toThrow(corrupt)
        expect(() => TreeNode.parse(concatBytes(bytes, Uint8Array.of(0)))).toThrow(corrupt)
      }),
      { numRuns: runs(100) },
    )
  })

  it('are refused, or are a node that encodes to them, whatever was changed in them', () => {
    const change = fc.tuple(fc.nat(), fc.constantFrom(0, 1, 127, 128, 255))
    const small = fc
      .array(fc.tuple(oddKey, fc.uint8Array({ maxLength: 50 })), { minLength: 1, maxLength: 6 })
      .map(sorted)
    fc.assert(
      fc.property(small, fc.array(change, { minLength: 1, maxLength: 4 }), (entries, changes) => {
        const bytes = encodeNode(0, entries)
        // Most changes fall in the header and the offsets.
        for (const [at, byte] of changes)
          bytes[at % Math.min(bytes.length, 6 + 8 * entries.length + 2)] = byte
        const node = parseOrCorrupt(bytes)
        if (node === undefined) return
        const again = Array.from({ length: node.count }, (_, i) => [node.keyAt(i), node.valueAt(i)] as const)
        expect(encodeNode(node.level, again)).toEqual(bytes)
      }),
      { numRuns: runs(400) },
    )
  })

  it('are refused where they are random', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), bytes => {
        parseOrCorrupt(bytes)
        parseOrCorrupt(concatBytes(Uint8Array.of(1, 0), bytes))
        parseOrCorrupt(concatBytes(Uint8Array.of(1, 1, 0, 0, 0, 1), bytes))
      }),
      { numRuns: runs(400) },
    )
  })

  it('are refused for children of a wrong length, without entries, or of too many', () => {
    const child = (size: number) => concatBytes(new Uint8Array(32), Uint8Array.of(size, size, size, size))
    const parse =
      (...values: Uint8Array[]) =>
      () =>
        TreeNode.parse(
          encodeNode(
            1,
            values.map((value, i) => [numberedKey(i), value] as const),
          ),
        )
    expect(parse(new Uint8Array(35))).toThrow(corrupt)
    expect(parse(new Uint8Array(37))).toThrow(corrupt)
    expect(parse(child(0))).toThrow(corrupt)
    expect(parse(child(255), child(255))).toThrow(corrupt)
    expect(parse(child(1), child(2))).not.toThrow()
  })
})

describe('a tree whose nodes do not fit together', () => {
  const low = numberedEntries(3, 10)
  const high = numberedEntries(6, 10).slice(3)

  it.each<[string, (low: Block, high: Block) => TreeEntry[], number]>([
    ['a wrong level', (low, high) => [link(low, 0, 3), link(high, 3, 3)], 2],
    ['a wrong size', (low, high) => [link(low, 0, 3), link(high, 3, 4)], 1],
    ['a wrong least key', (low, high) => [link(low, 0, 3), link(high, 2, 3)], 1],
    ['children in the wrong order', (low, high) => [link(high, 0, 3), link(low, 3, 3)], 1],
  ])('is refused for %s', async (_, links, level) => {
    const blocks = new MemoryBlocks()
    const leaves = await Promise.all([low, high].map(entries => hashBlock(RAW, encodeNode(0, entries))))
    const root = await hashBlock(RAW, encodeNode(level, links(leaves[0] as Block, leaves[1] as Block)))
    blocks.add([...leaves, root])
    for (const walk of walks(blocks, root.cid, numberedKey(5))) await expect(walk()).rejects.toEqual(corrupt)
  })

  it('is refused for key ranges that overlap, at any height', async () => {
    const blocks = new MemoryBlocks()
    let [left, right] = await Promise.all([
      hashBlock(RAW, encodeNode(0, [...low, ...high])),
      hashBlock(RAW, encodeNode(0, high)),
    ])
    blocks.add([left, right])
    for (let level = 1; level < 4; level++) {
      left = await hashBlock(RAW, encodeNode(level, [link(left, 0, 6)]))
      right = await hashBlock(RAW, encodeNode(level, [link(right, 3, 3)]))
      blocks.add([left, right])
    }
    const root = await hashBlock(RAW, encodeNode(4, [link(left, 0, 6), link(right, 3, 3)]))
    blocks.add([root])
    const edits = [numberedKey(1), numberedKey(4)].map(key => [key, undefined] as const)
    await expect(drain(scanTree(blocks, root.cid))).rejects.toEqual(corrupt)
    await expect(drain(diffTrees(blocks, root.cid, undefined))).rejects.toEqual(corrupt)
    await expect(applyEdits(blocks, root.cid, edits)).rejects.toEqual(corrupt)
  })

  it('fails with the error of the reader where a block is missing', async () => {
    for (const async of [false, true]) {
      const { blocks, root } = await storeTree(numberedEntries(2000, 100), { async })
      const leaf = await mustFindLeaf(blocks, root as CID)
      blocks.remove([leaf])
      const walk = async () => drain(scanTree(blocks, root))
      await expect(walk()).rejects.toMatchObject({ code: 'BLOCK_MISSING' })
    }
  })
})

/** Everything that reads a tree; what reads its nodes but not the leaves is not asked here. */
function walks(blocks: MemoryBlocks, root: CID, key: Uint8Array): (() => Promise<unknown>)[] {
  return [
    async () => lookUp(blocks, root, key),
    async () => lookUpAll(blocks, root, [key]),
    async () => drain(scanTree(blocks, root)),
    async () => drain(scanTree(blocks, root, { reverse: true })),
    async () => countRange(blocks, root, { from: key }),
    async () => entryAtRank(blocks, root, 5),
    async () => applyEdits(blocks, root, [[key, Uint8Array.of(1)]]),
    async () => drain(diffTrees(blocks, root, undefined)),
  ]
}

function link(block: Block, key: number, size: number): TreeEntry {
  return [numberedKey(key), encodeChild({ cid: block.cid, size })]
}

function parseOrCorrupt(bytes: Uint8Array): TreeNode | undefined {
  try {
    return TreeNode.parse(bytes)
  } catch (error) {
    expect(error).toEqual(corrupt)
    return undefined
  }
}

async function drain(stream: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of stream);
}

async function mustFindLeaf(blocks: MemoryBlocks, root: CID): Promise<CID> {
  let last = root
  for await (const cids of listNodes(blocks, root)) last = cids.at(-1) as CID
  return last
}
