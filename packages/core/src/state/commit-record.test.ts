import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../test/runs.js'
import { cidToKey } from '../codec/cid.js'
import { type CommitRef, compareNodes } from '../commits/ancestry.js'
import { testCid } from '../commits/fixtures/test-cid.js'
import { compareBytes, concatBytes } from '../primitives/bytes.js'
import {
  type CommitRecord,
  commitToTreeKey,
  decodeCommitRecord,
  encodeCommitRecord,
  treeKeyToCommit,
} from './commit-record.js'

const MAX = Number.MAX_SAFE_INTEGER

function refOf(label: string | number, height: number): CommitRef {
  return { key: cidToKey(testCid(label)), height }
}

function recordOf(parentHeights: readonly number[], time = 5): CommitRecord {
  const parents = parentHeights.map((height, i) => refOf(i, height)).sort((a, b) => (a.key < b.key ? -1 : 1))
  const cid = testCid('child')
  const height = 1 + Math.max(0, ...parentHeights)
  return { node: { cid, key: cidToKey(cid), height, parents }, time, author: new Uint8Array(32).fill(7) }
}

/** Small and large heights, each length of a varint. */
const heights = fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: MAX - 1 }))
const anyRecord = fc
  .tuple(fc.array(heights, { maxLength: 5 }), fc.oneof(fc.constant(MAX), fc.nat()))
  .map(([parents, time]) => recordOf(parents, time))

/** What a record holds, computed ids included. */
function plain({ node: { cid, key, height, parents }, time, author }: CommitRecord) {
  return { cid, key, height, parents, time, author }
}

function expectCorrupt(read: () => unknown): void {
  expect(read).toThrowError(expect.objectContaining({ code: 'CORRUPT' }))
}

describe('a commit record', () => {
  it('is read as it was written', () => {
    const property = fc.property(anyRecord, record => {
      const decoded = decodeCommitRecord(commitToTreeKey(record.node), encodeCommitRecord(record))
      expect(plain(decoded)).toEqual(plain(record))
    })
    fc.assert(property, { numRuns: runs(200) })
  })

  it('L1: has one spelling: whatever else decodes says something else', () => {
    const damage = fc.tuple(fc.nat(1000), fc.integer({ min: 1, max: 255 }))
    const property = fc.property(anyRecord, damage, (record, [at, by]) => {
      const key = commitToTreeKey(record.node)
      const bytes = encodeCommitRecord(record)
      const i = at % bytes.length
      bytes[i] = (bytes[i] as number) ^ by
      let decoded: CommitRecord
      try {
        decoded = decodeCommitRecord(key, bytes)
      } catch (error) {
        expect(error).toMatchObject({ code: 'CORRUPT' })
        return
      }
      expect(encodeCommitRecord(decoded)).toEqual(bytes)
    })
    fc.assert(property, { numRuns: runs(300) })
  })

  it('is refused when it is cut short anywhere, or when anything follows', () => {
    const record = recordOf([3, 300])
    const key = commitToTreeKey(record.node)
    const bytes = encodeCommitRecord(record)
    for (let length = 0; length < bytes.length; length++)
      expectCorrupt(() => decodeCommitRecord(key, bytes.subarray(0, length)))
    expectCorrupt(() => decodeCommitRecord(key, concatBytes(bytes, new Uint8Array(1))))
  })

  it('is refused with parents out of order, twice the same, of height 0 or too many', () => {
    const { node, ...rest } = recordOf([3, 3])
    const [first, second] = node.parents as [CommitRef, CommitRef]
    const decode = (parents: readonly CommitRef[]) =>
      decodeCommitRecord(commitToTreeKey(node), encodeCommitRecord({ node: { ...node, parents }, ...rest }))
    expect(decode([first, second]).node.parents).toEqual([first, second])
    expectCorrupt(() => decode([second, first]))
    expectCorrupt(() => decode([first, first]))
    expectCorrupt(() => decode([{ ...first, height: 0 }, second]))
    const many = (count: number) => {
      const record = recordOf(new Array(count).fill(1))
      return decodeCommitRecord(commitToTreeKey(record.node), encodeCommitRecord(record))
    }
    expect(many(64).node.parents.length).toBe(64)
    expectCorrupt(() => many(65))
  })

  it('is refused with another height than its parents give', () => {
    for (const parents of [[], [4], [2, 9]]) {
      const record = recordOf(parents)
      const { key, height } = record.node
      const value = encodeCommitRecord(record)
      expectCorrupt(() => decodeCommitRecord(commitToTreeKey({ key, height: height + 1 }), value))
    }
  })

  it('is refused with a time that is no number', () => {
    const record = recordOf([], MAX)
    const key = commitToTreeKey(record.node)
    const value = encodeCommitRecord(record)
    value.set([0, 0x20, 0, 0, 0, 0, 0, 0])
    expectCorrupt(() => decodeCommitRecord(key, value))
    value.fill(255, 0, 8)
    expectCorrupt(() => decodeCommitRecord(key, value))
  })
})

describe('the key of a commit', () => {
  const anyRef = fc.tuple(fc.nat(50), heights).map(([label, height]) => refOf(label, height))

  it('stands for one commit, and sorts as commits are applied', () => {
    const property = fc.property(anyRef, anyRef, (a, b) => {
      expect(treeKeyToCommit(commitToTreeKey(a))).toEqual(a)
      expect(Math.sign(compareBytes(commitToTreeKey(a), commitToTreeKey(b)))).toBe(
        Math.sign(compareNodes(a, b)),
      )
    })
    fc.assert(property, { numRuns: runs(200) })
  })

  it('is refused unless it is a height from 1 and a digest', () => {
    const key = commitToTreeKey(refOf(1, MAX))
    expect(treeKeyToCommit(key).height).toBe(MAX)
    expectCorrupt(() => treeKeyToCommit(key.subarray(0, 39)))
    expectCorrupt(() => treeKeyToCommit(concatBytes(key, new Uint8Array(1))))
    expectCorrupt(() => treeKeyToCommit(new Uint8Array(40)))
    expectCorrupt(() => treeKeyToCommit(new Uint8Array(40).fill(255)))
  })
})
