import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../test/runs.js'
import { bytesToBinary, compareBytes } from '../primitives/bytes.js'
import { countRange, entryAtRank } from './count-range.js'
import { numberedEntries, numberedKey, oddKey, oddValue, sorted, storeTree } from './fixtures/tree-content.js'
import { lookUp, lookUpAll } from './look-up.js'
import { type LeafRun, type ScanOptions, scanTree } from './scan-tree.js'
import type { TreeEntry } from './tree-node.js'

const entries = fc.array(fc.tuple(oddKey, oddValue), { maxLength: 60 }).map(sorted)
const range = fc.record({
  from: fc.option(oddKey, { nil: undefined }),
  to: fc.option(oddKey, { nil: undefined }),
})

describe('a tree', () => {
  it('finds what is in it, and nothing else, at once or by promise', async () => {
    await fc.assert(
      fc.asyncProperty(entries, fc.array(oddKey), fc.boolean(), async (entries, others, async) => {
        const { blocks, root } = await storeTree(entries, { async })
        const keys = sorted([...entries, ...others.map(key => [key, undefined] as const)]).map(([key]) => key)
        const expected = keys.map(key => valueIn(entries, key))
        const found = await Promise.all(keys.map(key => lookUp(blocks, root, key)))
        expect(found.map(inText)).toEqual(expected.map(inText))
        expect((await lookUpAll(blocks, root, keys)).map(inText)).toEqual(expected.map(inText))
      }),
      { numRuns: runs(60) },
    )
  })

  it('gives the entries of a range from both ends', async () => {
    await fc.assert(
      fc.asyncProperty(entries, range, fc.boolean(), async (entries, range, async) => {
        const { blocks, root } = await storeTree(entries, { async })
        const expected = entries.filter(([key]) => isWithin(key, range))
        const forwards = await scanAll(scanTree(blocks, root, range))
        const backwards = await scanAll(scanTree(blocks, root, { ...range, reverse: true }), true)
        expect(forwards.map(entryInText)).toEqual(expected.map(entryInText))
        expect(backwards.map(entryInText)).toEqual(expected.toReversed().map(entryInText))
      }),
      { numRuns: runs(80) },
    )
  })

  it('counts a range, and knows the entry of each rank', async () => {
    await fc.assert(
      fc.asyncProperty(entries, range, fc.boolean(), async (entries, range, async) => {
        const { blocks, root } = await storeTree(entries, { async })
        expect(await countRange(blocks, root, range)).toBe(
          entries.filter(([key]) => isWithin(key, range)).length,
        )
        expect(await countRange(blocks, root)).toBe(entries.length)
        for (let rank = -1; rank <= entries.length; rank++) {
          const entry = await entryAtRank(blocks, root, rank)
          expect(entryInText(entry)).toBe(entryInText(entries[rank]))
        }
      }),
      { numRuns: runs(40) },
    )
  })

  it('answers without a promise where its nodes are in memory', async () => {
    const { blocks, root } = await storeTree(numberedEntries(3000, 100))
    expect(lookUp(blocks, root, numberedKey(1234))).toBeInstanceOf(Uint8Array)
    expect(lookUpAll(blocks, root, [numberedKey(7), numberedKey(2999), numberedKey(3000)])).toHaveLength(3)
    expect(countRange(blocks, root, { from: numberedKey(10), to: numberedKey(2000) })).toBe(1990)
    expect(entryAtRank(blocks, root, 1500)).toEqual([numberedKey(1500), new Uint8Array(100).fill(1)])
  })

  it('that is empty answers as one', async () => {
    const { blocks, root } = await storeTree([])
    expect(root).toBeUndefined()
    expect(lookUp(blocks, root, numberedKey(1))).toBeUndefined()
    expect(lookUpAll(blocks, root, [numberedKey(1)])).toEqual([undefined])
    expect(countRange(blocks, root)).toBe(0)
    expect(entryAtRank(blocks, root, 0)).toBeUndefined()
    expect(await scanAll(scanTree(blocks, root))).toEqual([])
  })
})

describe('what is read', () => {
  it('by a look-up and a count are the paths to their keys', async () => {
    const { blocks, root } = await storeTree(numberedEntries(30_000, 100))
    const height = 3
    lookUp(blocks, root, numberedKey(12_345))
    expect(blocks.read.size).toBe(height)
    blocks.forgetReads()
    countRange(blocks, root, { from: numberedKey(1001), to: numberedKey(29_001) })
    expect(blocks.read.size).toBeLessThanOrEqual(2 * height - 1)
    blocks.forgetReads()
    entryAtRank(blocks, root, 29_000)
    expect(blocks.read.size).toBe(height)
  })

  it('by looking many keys up is each node once', async () => {
    const { blocks, root } = await storeTree(numberedEntries(5000, 100))
    const keys = numberedEntries(5000, 0).map(([key]) => key)
    expect(lookUpAll(blocks, root, keys)).toHaveLength(5000)
    expect(blocks.reads).toBe(blocks.size)
    blocks.forgetReads()
    lookUpAll(blocks, root, [Uint8Array.of(), Uint8Array.of(1)])
    expect(blocks.reads).toBe(1)
  })

  it.each([false, true])('by a scan is no leaf more than is consumed (reverse: %s)', async reverse => {
    const { blocks, root } = await storeTree(numberedEntries(30_000, 100))
    for await (const run of scanTree(blocks, root, { reverse })) {
      expect(run.end - run.start).toBe(run.node.count)
      break
    }
    expect(blocks.read.size).toBe(3)
    blocks.forgetReads()
    const options: ScanOptions = { from: numberedKey(15_000), to: numberedKey(15_001), reverse }
    expect(await scanAll(scanTree(blocks, root, options))).toHaveLength(1)
    expect(blocks.read.size).toBe(3)
  })
})

function valueIn(entries: readonly TreeEntry[], key: Uint8Array): Uint8Array | undefined {
  return entries.find(entry => compareBytes(entry[0], key) === 0)?.[1]
}

function isWithin(key: Uint8Array, { from, to }: ScanOptions): boolean {
  return (
    (from === undefined || compareBytes(key, from) >= 0) && (to === undefined || compareBytes(key, to) < 0)
  )
}

async function scanAll(scan: AsyncIterable<LeafRun>, reverse = false): Promise<TreeEntry[]> {
  const entries: TreeEntry[] = []
  for await (const { node, start, end } of scan) {
    expect(start).toBeLessThan(end)
    const run = Array.from(
      { length: end - start },
      (_, i) => [node.keyAt(start + i), node.valueAt(start + i)] as const,
    )
    entries.push(...(reverse ? run.reverse() : run))
  }
  return entries
}

/** Texts are compared much faster than arrays are. */
function inText(bytes: Uint8Array | undefined): string | undefined {
  return bytes && bytesToBinary(bytes)
}

function entryInText(entry: TreeEntry | undefined): string | undefined {
  return entry && `${entry[0].length} ${bytesToBinary(entry[0])} ${bytesToBinary(entry[1])}`
}
