import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../test/runs.js'
import { cidToKey } from '../codec/cid.js'
import { COMMIT_LIMITS, type Commit } from '../commits/commit.js'
import { HistoryModel } from '../state/fixtures/history-model.js'
import type { LoadedCommit } from '../state/view.js'
import { TestDevice } from './fixtures/test-device.js'

const ROUNDS = 10_000

/** A device that knows a document with this many versions, each a head of its own; every third is a deletion. */
async function deviceWithLeaves(count: number): Promise<{ device: TestDevice; model: HistoryModel }> {
  const model = new HistoryModel()
  model.forge([], [{ id: 'root', prev: [], fields: {} }])
  for (let i = 0; i < count; i++) {
    model.forge([0], [{ id: 'x', prev: [], fields: i % 3 === 2 ? undefined : { i } }])
  }
  const device = new TestDevice()
  await device.receive(model.commits)
  return { device, model }
}

function prevsOf(commits: readonly LoadedCommit[]): string[] {
  return commits.flatMap(({ commit }) => commit.ops.flatMap(op => op.prev.map(cidToKey)))
}

describe('a commit', () => {
  it('L2: has all heads as parents, and a put names the winner and what lies past the 8 best', async () => {
    const property = fc.asyncProperty(fc.integer({ min: 1, max: 30 }), async count => {
      const { device } = await deviceWithLeaves(count)
      const { heads } = device.view
      const leaves = await device.leaves('x')
      const commits = await device.put('x', 'new')
      const [{ commit }] = commits as [LoadedCommit]
      expect(commit.parents.map(cidToKey)).toEqual(heads.map(head => head.key))
      expect(commit.height).toBe(1 + Math.max(...heads.map(head => head.height)))
      expect(prevsOf(commits)).toEqual([leaves[0], ...leaves.slice(8)].sort())
      const left = leaves.slice(1, 8)
      expect(await device.leaves('x')).toEqual([commit.key, ...left])
    })
    await fc.assert(property, { numRuns: runs(20) })
  })

  it(`scenario 5: two devices that write one document ${ROUNDS} rounds while apart keep at most 9 leaves`, async () => {
    const devices = [new TestDevice(), new TestDevice()] as const
    let most = 0
    for (let round = 0; round < ROUNDS; round++) {
      const [first, second] = devices
      const [a, b] = [await first.put('x', `a ${round}`), await second.put('x', `b ${round}`)]
      await first.receive(b)
      await second.receive(a)
      most = Math.max(most, (await first.leaves('x')).length)
    }
    expect(await devices[0].leaves('x')).toEqual(await devices[1].leaves('x'))
    expect(devices[0].view.commits.size).toBe(2 * ROUNDS)
    expect(most).toBe(9)
  })

  it('scenario 6: over 10,000 hostile heads has 64 parents, and what it names counts', async () => {
    const { device } = await deviceWithLeaves(10_000)
    const leaves = await device.leaves('x')
    const commits = await device.put('x', 'new')
    const [{ commit }] = commits as [LoadedCommit]
    expect(commit.parents.length).toBe(COMMIT_LIMITS.parents)
    expect(prevsOf(commits).length).toBe(COMMIT_LIMITS.prev)
    expect(prevsOf(commits)).toContain(leaves[0])
    expect((await device.leaves('x'))[0]).toBe(commit.key)
    expect((await device.leaves('x')).length).toBe(10_000 - 64 + 1)
    expect(device.view.heads.length).toBe(10_000 - 64 + 1)
  })

  it('over many heads goes on until they are merged, one put after the other', async () => {
    const { device } = await deviceWithLeaves(1000)
    let puts = 0
    for (; device.view.heads.length > 1; puts++) await device.put('y', `${puts}`)
    expect(puts).toBe(16)
    expect((await device.leaves('y')).length).toBe(1)
    expect((await device.leaves('x')).length).toBe(1000)
  })

  it.each([3, 64, 65, 200, 1000])(
    'a deletion of %i versions leaves nothing, in as few commits as it takes',
    async count => {
      const { device } = await deviceWithLeaves(count)
      const commits = await device.del('x')
      expect(await device.leaves('x')).toEqual([commits.at(-1)?.commit.key])
      expect((await device.view.entry('x'))?.leaves[0]?.body).toBeNull()
      expect(commits.length).toBe(count <= 64 ? 1 : 1 + Math.ceil((count - 64) / 63))
      expect(await device.del('x')).toEqual([])
    },
  )

  it('a deletion of many versions that lie below one head is as good', async () => {
    const { device } = await deviceWithLeaves(200)
    while (device.view.heads.length > 1) await device.put('y', 'merge')
    await device.del('x')
    expect((await device.leaves('x')).length).toBe(1)
    expect((await device.view.entry('x'))?.leaves[0]?.body).toBeNull()
  })

  it.each([3, 64, 65, 70, 200])(
    'a resolution of %i versions leaves itself, in as few commits as it takes',
    async count => {
      const { device } = await deviceWithLeaves(count)
      const [winner] = await device.leaves('x')
      const commits = await device.resolve('x', 'resolved')
      expect(await device.leaves('x')).toEqual([commits.at(-1)?.commit.key])
      expect((await device.view.entry('x'))?.leaves[0]?.body).not.toBeNull()
      expect(commits.length).toBe(count <= 64 ? 1 : 1 + Math.ceil((count - 64) / 63))
      const named = commits.findIndex(({ commit }) =>
        commit.ops.some(op => op.prev.some(cid => cidToKey(cid) === winner)),
      )
      expect(named).toBe(commits.length - 1)
    },
  )

  it('a resolution brings its content with one version only', async () => {
    const { device } = await deviceWithLeaves(200)
    const commits = await device.resolve('x', 'resolved')
    const bodies = commits.map(({ commit }) => commit.ops[0]?.body)
    expect(bodies.slice(0, -1).every(body => body === null)).toBe(true)
    expect(bodies.at(-1)).not.toBeNull()
  })

  it('a put over deletions only names them all', async () => {
    const model = new HistoryModel()
    for (let i = 0; i < 20; i++) model.forge([], [{ id: 'x', prev: [] }])
    const device = new TestDevice()
    await device.receive(model.commits)
    const [{ commit }] = (await device.put('x', 'back')) as [LoadedCommit & { commit: Commit }]
    expect(await device.leaves('x')).toEqual([commit.key])
  })
})
