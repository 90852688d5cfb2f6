import { describe, expect, it } from 'vitest'
import { parseDefinition } from '../index/definition.js'
import type { IndexBase } from '../index/index-base.js'
import { IndexSnapshot } from '../index/index-snapshot.js'
import { Overlay } from '../index/overlay.js'
import { joinLiveJobs } from './live-job.js'

describe('the jobs of a live query', () => {
  it('join to one of the later moment, with all that changed', () => {
    const [first, second] = [snapshotOver(undefined), snapshotOver(undefined)]
    const joined = joinLiveJobs(
      { snapshot: first, ids: new Set(['a', 'b']) },
      { snapshot: second, ids: new Set(['b', 'c']) },
    )
    expect(joined.snapshot).toBe(second)
    expect([...(joined.ids ?? [])]).toEqual(['a', 'b', 'c'])
  })

  it('read all anew where the index was folded in between, or one of them does', () => {
    const base = {} as IndexBase
    const [before, after] = [snapshotOver(undefined), snapshotOver(base)]
    const ids = new Set(['a'])
    expect(joinLiveJobs({ snapshot: before, ids }, { snapshot: after, ids })).toEqual({
      snapshot: after,
      ids: undefined,
    })
    expect(joinLiveJobs({ snapshot: after, ids: undefined }, { snapshot: after, ids }).ids).toBeUndefined()
    expect(joinLiveJobs({ snapshot: after, ids }, { snapshot: after, ids }).ids).toEqual(ids)
  })
})

function snapshotOver(base: IndexBase | undefined): IndexSnapshot {
  const overlay = new Overlay({ definition: parseDefinition('n'), report: () => undefined, hidesBase: false })
  return new IndexSnapshot({
    overlay: overlay.state,
    base,
    hiddenSkips: 0,
    clock: [],
    find: () => undefined,
  })
}
