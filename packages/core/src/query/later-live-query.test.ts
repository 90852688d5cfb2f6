import { describe, expect, it } from 'vitest'
import { FirekeepError } from '../errors.js'
import { Emitter } from '../primitives/emitter.js'
import type { PlainDocument } from '../state/stored-document.js'
import { createLaterLiveQuery, type LiveLoading } from './later-live-query.js'
import { LOADING } from './live-state.js'
import type { LiveQuery, LiveSnapshot } from './query-types.js'

type Snapshot = LiveSnapshot<PlainDocument>

describe('a live query whose code is not here yet', () => {
  it('loads it at the first subscription, once', () => {
    const { live, loads } = createParts()
    expect(live.getSnapshot()).toBe(LOADING)
    expect(loads).toHaveLength(0)
    live.subscribe(() => undefined)
    live.subscribe(() => undefined)
    expect(loads).toHaveLength(1)
  })

  it('tells all who listen what the real one shows, from when that is here', () => {
    const { live, loads, real } = createParts()
    const [early, late, ended] = [[], [], []] as Snapshot[][]
    live.subscribe(snapshot => early?.push(snapshot))
    const end = live.subscribe(snapshot => ended?.push(snapshot))
    end()
    loads[0]?.loaded(real)
    const stop = live.subscribe(snapshot => late?.push(snapshot))
    expect(real.listeners()).toBe(2)
    real.show(READY)
    expect(live.getSnapshot()).toBe(READY)
    stop()
    real.show(LOADING)
    expect([early, late, ended]).toEqual([[READY, LOADING], [READY], []])
  })

  it('starts nothing where nobody listens any more', () => {
    const { live, loads, real } = createParts()
    live.subscribe(() => undefined)()
    loads[0]?.loaded(real)
    expect(real.listeners()).toBe(0)
  })

  it('shows what hinders loading, and loads again at the next subscription', () => {
    const { live, loads, real } = createParts()
    const seen: Snapshot[] = []
    live.subscribe(snapshot => seen.push(snapshot))
    const error = new FirekeepError('STORAGE_FAILED', 'offline')
    loads[0]?.failed(error)
    expect(seen).toMatchObject([{ status: 'error', error, rows: [] }])
    expect(live.getSnapshot()).toBe(seen[0])
    live.subscribe(() => undefined)
    expect(loads).toHaveLength(2)
    // Also the first attempt may succeed in the end, as somebody else makes it load.
    for (const load of loads) load.loaded(real)
    expect(real.listeners()).toBe(2)
    expect(live.getSnapshot()).toBe(LOADING)
  })

  it('that was closed loads nothing, shows nothing new and takes no listener', () => {
    const { live, loads, real } = createParts()
    const seen: Snapshot[] = []
    live.subscribe(snapshot => seen.push(snapshot))
    live.close()
    loads[0]?.loaded(real)
    loads[0]?.failed(new Error('late'))
    expect(real.listeners()).toBe(0)
    expect(seen).toEqual([])
    expect(() => live.subscribe(() => undefined)).toThrow(expect.objectContaining({ code: 'CLOSED' }))
  })
})

const READY: Snapshot = { ...LOADING, status: 'ready' }

function createParts() {
  const loads: LiveLoading[] = []
  return { live: createLaterLiveQuery(loading => loads.push(loading)), loads, real: createReal() }
}

/** A live query that shows what it is told to. */
function createReal(): LiveQuery<PlainDocument> & {
  readonly show: (snapshot: Snapshot) => void
  readonly listeners: () => number
} {
  const changed = new Emitter<Snapshot>()
  let snapshot: Snapshot = LOADING
  let listeners = 0
  return {
    subscribe(listener) {
      listeners += 1
      const stop = changed.subscribe(listener)
      return () => {
        listeners -= 1
        stop()
      }
    },
    getSnapshot: () => snapshot,
    close: () => undefined,
    show(next) {
      snapshot = next
      changed.emit(next)
    },
    listeners: () => listeners,
  }
}
