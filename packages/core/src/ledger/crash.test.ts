import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs, stride } from '../../test/runs.js'
import type { Database } from '../database/database.js'
import type { AnyDocument } from '../database/document-types.js'
import type { Attachment } from '../database/sync/attach-types.js'
import { MemoryRemote } from '../remotes/memory-remote.js'
import { createMemorySpace } from '../storage/memory-storage.js'
import type { StorageSpace } from '../storage/storage.js'
import { type CrashPoint, CrashStorage } from '../testing/crash-storage.js'
import { openReplica } from '../testing/fixtures/open-replica.js'

const KEY = new Uint8Array(32).fill(7)

type Step = {
  readonly kind: 'put' | 'bulk' | 'del' | 'update' | 'sync' | 'compact'
  readonly ids: readonly string[]
}
type State = ReadonlyMap<string, unknown>

/**
 * The state after a step; syncing brings documents of another device, which are looked at apart, and compacting
 * changes nothing.
 */
function nextState(state: State, { kind, ids }: Step, n: number): State {
  const next = new Map(state)
  const [first] = ids as [string]
  if (kind === 'put') next.set(first, n)
  if (kind === 'bulk') for (const id of ids) next.set(id, n)
  if (kind === 'del') next.delete(first)
  if (kind === 'update') next.set(first, `${next.get(first)} and ${n}`)
  return next
}

/** A device whose storage crashes, another one, and the log between them. */
class CrashBench {
  readonly space: StorageSpace = createMemorySpace()
  readonly log = new MemoryRemote()
  readonly peer = openReplica({ space: createMemorySpace(), key: KEY, seed: 2 })
  readonly peerLink = this.peer.attach(this.log)
  readonly #crashing: CrashStorage[] = []

  /** The space as the device sees it: the storage of the keys or of the data crashes. */
  crashingSpace(of: 'keys' | 'data', point: CrashPoint): StorageSpace {
    return {
      ...this.space,
      id: `${this.space.id}/crashing`,
      open: async id => {
        const storage = await this.space.open(id)
        if ((id === 'keys') !== (of === 'keys')) return storage
        const crashing = new CrashStorage(storage, point)
        this.#crashing.push(crashing)
        return crashing
      },
    }
  }

  get hasCrashed(): boolean {
    return this.#crashing.some(storage => storage.hasCrashed)
  }

  async issue(
    db: Database<AnyDocument>,
    link: Attachment | undefined,
    { kind, ids }: Step,
    n: number,
  ): Promise<unknown> {
    const [first] = ids as [string]
    if (kind === 'put') return db.put({ _id: first, n })
    if (kind === 'bulk') return db.bulk(ids.map(_id => ({ _id, n })))
    if (kind === 'del') return db.del(first)
    if (kind === 'update') return db.update(first, doc => ({ n: `${doc?.n} and ${n}` }))
    if (kind === 'compact') return db.compact()
    await this.peer.put({ _id: `peer ${n}`, n })
    await this.peerLink.synced()
    return link?.synced()
  }
}

async function stateOf(db: Database<AnyDocument>): Promise<State> {
  const { docs } = await db.allDocs()
  return new Map(docs.filter(doc => !doc._id.startsWith('peer')).map(doc => [doc._id, doc.n]))
}

/**
 * Runs bursts of steps, each burst not awaited within, until the storage crashes; then opens what is left.
 * Answers whether it crashed.
 */
async function crashAndReopen(
  bursts: readonly (readonly Step[])[],
  of: 'keys' | 'data',
  point: CrashPoint,
): Promise<boolean> {
  const bench = new CrashBench()
  const db = openReplica({
    space: bench.crashingSpace(of, point),
    key: KEY,
    seed: 1,
    report: () => undefined,
  })
  // Without keys there is nothing to attach.
  const link = of === 'keys' ? undefined : db.attach(bench.log)
  const states: State[] = [new Map()]
  let acknowledged = 0
  const pulled: string[] = []
  for (const burst of bursts) {
    const start = states.length - 1
    for (const [i, step] of burst.entries()) states.push(nextState(states.at(-1) as State, step, start + i))
    const outcomes = await Promise.allSettled(burst.map((step, i) => bench.issue(db, link, step, start + i)))
    for (const [i, { status }] of outcomes.entries()) {
      // A compaction tells nothing of the writes before it.
      if (status === 'rejected' || burst[i]?.kind === 'compact') continue
      acknowledged = start + i + 1
      if (burst[i]?.kind === 'sync' && link !== undefined) pulled.push(`peer ${start + i}`)
    }
    if (bench.hasCrashed) break
  }
  await db.close().catch(error => expect(error).toMatchObject({ code: 'STORAGE_FAILED' }))
  const again = openReplica({ space: bench.space, key: KEY, seed: 3 })
  // What takes effect is a beginning of what was issued, no shorter than what was acknowledged.
  const possible = states.slice(acknowledged).map(state => JSON.stringify([...state].sort()))
  expect(possible).toContain(JSON.stringify([...(await stateOf(again))].sort()))
  for (const id of pulled) expect(await again.has(id)).toBe(true)
  expect((await again.conflicts().toArray()).length).toBe(0)
  await again.put({ _id: 'goes on' })
  await again.attach(bench.log).synced()
  await bench.peerLink.synced()
  expect(await again.clock()).toEqual(await bench.peer.clock())
  expect(await stateOf(again)).toEqual(await stateOf(bench.peer))
  await Promise.all([again.close(), bench.peer.close()])
  return bench.hasCrashed
}

const whens = ['before', 'after'] as const

describe('after a crash the database opens, with all that was acknowledged and nothing by half', () => {
  const burst = (...steps: readonly (readonly [Step['kind'], ...string[]])[]): Step[] =>
    steps.map(([kind, ...ids]) => ({ kind, ids }))
  const script = [
    burst(['put', 'a']),
    burst(['bulk', 'a', 'b', 'c'], ['del', 'a'], ['put', 'd']),
    burst(['sync', '']),
    burst(['update', 'b'], ['put', 'b'], ['update', 'b']),
    burst(['compact', '']),
    burst(['del', 'b']),
    burst(['put', 'a'], ['put', 'a'], ['sync', ''], ['del', 'c']),
    burst(['bulk', 'a', 'b'], ['compact', ''], ['update', 'a']),
  ]

  it.each(whens)('%s each storage operation', async when => {
    expect(await crashAndReopen(script, 'keys', { at: 1, when })).toBe(true)
    let at = 1
    while (await crashAndReopen(script, 'data', { at, when })) at += stride(2)
    expect(at).toBeGreaterThan(8)
  })

  it('at any operation of any script', async () => {
    const step = fc.record({
      kind: fc.constantFrom<Step['kind']>('put', 'put', 'bulk', 'del', 'update', 'sync', 'compact'),
      ids: fc.uniqueArray(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 3 }),
    })
    const property = fc.asyncProperty(
      fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 6 }),
      fc.integer({ min: 1, max: 10 }),
      fc.constantFrom(...whens),
      async (bursts, at, when) => {
        await crashAndReopen(bursts, 'data', { at, when })
      },
    )
    await fc.assert(property, { numRuns: runs(15) })
  })
})
