import { describe, expect, it } from 'vitest'
import { FirekeepError } from '../errors.js'
import { applyCommits } from '../state/apply-commits.js'
import { HistoryModel } from '../state/fixtures/history-model.js'
import { View } from '../state/view.js'
import { type ListParts, listAnew } from './list-anew.js'
import { type CommitEntry, listCommits } from './list-commits.js'

/** A history of ten commits whose packs go missing after so many entries of each reading. */
async function createScene(entriesPerReading: readonly number[]) {
  const model = new HistoryModel()
  for (let i = 0; i < 10; i++) model.forge(i === 0 ? [] : [i - 1], [{ id: 'x', prev: [], fields: { i } }])
  const { view } = await applyCommits(View.empty, model.commits)
  const scene = { readings: 0, refreshes: 0 }
  const parts: ListParts<CommitEntry> = {
    view: async () => view,
    assertOpen: () => undefined,
    refresh: async () => {
      scene.refreshes += 1
    },
    async *list(view, options) {
      let left = entriesPerReading[scene.readings++] ?? 100
      for await (const entry of listCommits(view, options)) {
        if (left-- === 0) throw new FirekeepError('BLOCK_MISSING', 'a pack was dropped')
        yield entry
      }
    },
    after: undefined,
    limit: 8,
    signal: undefined,
  }
  return { scene, parts }
}

async function timesOf(parts: ListParts<CommitEntry>): Promise<number[]> {
  const times: number[] = []
  for await (const { time } of listAnew(parts)) times.push(time)
  return times
}

describe('listAnew', () => {
  it('goes on behind the last entry after a pack was dropped, as often as it comes further', async () => {
    const { scene, parts } = await createScene([3, 2, 1])
    expect(await timesOf(parts)).toEqual([9, 8, 7, 6, 5, 4, 3, 2])
    expect(scene).toEqual({ readings: 4, refreshes: 3 })
  })

  it('gives up when it comes no further', async () => {
    const { scene, parts } = await createScene([3, 0])
    await expect(timesOf(parts)).rejects.toMatchObject({ code: 'BLOCK_MISSING' })
    expect(scene).toEqual({ readings: 2, refreshes: 1 })
  })
})
