import * as dagCbor from '@ipld/dag-cbor'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../test/runs.js'
import type { Database } from '../database/database.js'
import type { AnyDocument } from '../database/document-types.js'
import { TimeSlice } from '../primitives/time-slice.js'
import { MemoryRemote } from '../remotes/memory-remote.js'
import { applyCommits } from '../state/apply-commits.js'
import { hostileHistory } from '../state/fixtures/hostile-history.js'
import { Snapshot } from '../state/snapshot.js'
import { type LoadedCommit, View } from '../state/view.js'
import { createMemorySpace } from '../storage/memory-storage.js'
import type { StorageSpace } from '../storage/storage.js'
import { openRawLog } from '../sync/fixtures/open-raw-log.js'
import { MemoryBlocks } from '../tree/fixtures/memory-blocks.js'
import { type EngineOptions, openEngine, storedRoots, storedState } from './fixtures/open-engine.js'
import { foldView } from './fold-view.js'

const LONG = 'a long text '.repeat(500)

/** A device that is opened and closed, and compacts in its own way. */
class Device {
  readonly space: StorageSpace = createMemorySpace()
  readonly #options: Omit<EngineOptions, 'space'>
  #db: Database<AnyDocument>
  #openings = 0

  constructor(options: Omit<EngineOptions, 'space'>) {
    this.#options = options
    this.#db = openEngine({ space: this.space, ...options })
  }

  get db(): Database<AnyDocument> {
    return this.#db
  }

  async reopen(): Promise<void> {
    await this.#db.close()
    // With randomness of its own: record names that come twice would replace what is stored under them.
    this.#openings += 1
    const seed = (this.#options.seed ?? 1) + 1000 * this.#openings
    this.#db = openEngine({ space: this.space, ...this.#options, seed })
  }

  async sync(log: MemoryRemote): Promise<void> {
    const link = this.#db.attach(log)
    await link.synced()
    await link.detach()
  }

  async roots() {
    await this.#db.compact()
    await this.#db.close()
    return storedRoots(this.space)
  }
}

const step = fc.record({
  device: fc.nat(2),
  kind: fc.constantFrom(
    ...([
      'put',
      'put',
      'long',
      'del',
      'bulk',
      'update',
      'sync',
      'sync',
      'compact',
      'reopen',
      'race',
    ] as const),
  ),
  id: fc.constantFrom('a', 'b', 'c', 'd'),
})

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

async function take({ kind, id }: Step, n: number, device: Device, log: MemoryRemote): Promise<void> {
  const { db } = device
  switch (kind) {
    case 'put':
      await db.put({ _id: id, n })
      break
    case 'long':
      await db.put({ _id: id, n, text: LONG })
      break
    case 'del':
      await db.del(id)
      break
    case 'bulk':
      await db.bulk(['a', 'b', `new ${n}`].map(_id => ({ _id, n })))
      break
    case 'update':
      await db.update(id, doc => ({ n: `${doc?.n} then ${n}` }))
      break
    case 'sync':
      await device.sync(log)
      break
    case 'compact':
      await db.compact()
      break
    case 'reopen':
      await device.reopen()
      break
    case 'race':
      await Promise.all([
        db.compact(),
        db.put({ _id: id, n }),
        db.update('n', doc => ({ n: (doc?.n ?? 0) + 1 })),
      ])
  }
}

async function shownBy(db: Database<AnyDocument>) {
  const changes = await db.changes()
  return {
    clock: await db.clock(),
    docs: (await db.allDocs({ includeDeleted: true })).docs,
    conflicts: await db.conflicts().toArray(),
    changes,
    later: await db.changes(changes.rows[Math.floor(changes.rows.length / 2)]?.clock),
    query: (await db.query('n')).rows,
  }
}

describe('compacting, by itself, by hand, or never', () => {
  it('L1: changes nothing that can be read, and ends in the same roots, with edits, losers and reopenings between', async () => {
    const script = fc.array(step, { minLength: 5, maxLength: 30 })
    const property = fc.asyncProperty(script, async steps => {
      const log = new MemoryRemote()
      const devices = [{ autoCompact: 1 }, { autoCompact: 4 }, { autoCompact: false as const }].map(
        (options, i) => new Device({ ...options, seed: i + 1 }),
      ) as [Device, Device, Device]
      const isPlain = ({ device, kind }: Step) => device !== 2 || kind !== 'compact'
      for (const [n, each] of steps.filter(isPlain).entries()) {
        await take(each, n, devices[each.device] as Device, log)
      }
      for (const device of [...devices, ...devices]) await device.sync(log)
      const plain = await shownBy(devices[2].db)
      for (const { db } of devices) expect(await shownBy(db)).toEqual(plain)
      const roots = await devices[2].roots()
      for (const device of devices.slice(0, 2)) {
        await device.reopen()
        expect(await shownBy(device.db)).toEqual(plain)
        expect(await device.roots()).toEqual(roots)
      }
    })
    await fc.assert(property, { numRuns: runs(5) })
  })

  it('L1: by hostile histories too, however they are cut into folds and in whatever order they come', async () => {
    const property = fc.asyncProperty(
      hostileHistory(25, true).chain(model =>
        fc.record({
          model: fc.constant(model),
          order: fc.shuffledSubarray(model.commits.map(encoded), { minLength: model.commits.length }),
          sizes: fc.infiniteStream(fc.integer({ min: 1, max: 6 })),
        }),
      ),
      async ({ model, order, sizes }) => {
        const all = model.commits.map(encoded)
        const once = await foldAll([all])
        const cut: LoadedCommit[][] = []
        for (const rest = [...order]; rest.length > 0; ) cut.push(rest.splice(0, sizes.next().value))
        const often = await foldAll(cut)
        expect(`${often.snapshot?.docs} ${often.snapshot?.history}`).toBe(
          `${once.snapshot?.docs} ${once.snapshot?.history}`,
        )
        expect(often.clock).toEqual(once.clock)
        expect([...often.pending.keys()]).toEqual(model.pending(all))
        const history = model.history(all)
        for (const id of model.ids(history)) {
          const leaves = (await often.entry(id))?.leaves ?? []
          const expected = model.leaves(history, id)
          expect(leaves.map(leaf => leaf.key)).toEqual(expected.map(leaf => leaf.key))
          for (const [i, leaf] of leaves.entries()) {
            const content = expected[i]?.loaded.documents.get(id)
            expect((await often.documentOf(id, leaf))?.body).toEqual(content?.body)
          }
        }
      },
    )
    await fc.assert(property, { numRuns: runs(15) })
  })

  /** With the bytes that its block would have. */
  function encoded({ commit, documents }: LoadedCommit): LoadedCommit {
    const { cid, key, bytes, ...fields } = commit
    return { commit: { ...commit, bytes: dagCbor.encode({ v: 1, ...fields }) }, documents }
  }

  /** Applies batch by batch, and folds after each as a compaction does. */
  async function foldAll(batches: readonly (readonly LoadedCommit[])[]): Promise<View> {
    const blocks = new MemoryBlocks()
    const slice = new TimeSlice({ now: () => 0, pause: async () => undefined })
    let view = View.empty
    for (const batch of batches) {
      view = (await applyCommits(view, batch)).view
      if (view.commits.size === 0) continue
      const folded = await foldView(view, { blocks, erased: new Set(), slice, onDocument: () => undefined })
      blocks.add(folded.nodes).add(folded.contents).remove(folded.removed)
      view = (await applyCommits(View.of(new Snapshot(folded.state, blocks)), [...view.pending.values()]))
        .view
    }
    return view
  }
})

describe('a compaction by hand', () => {
  it('reports what it did, makes one pack of each kind, and does nothing again', async () => {
    const space = createMemorySpace()
    const db = openEngine({ space })
    for (let i = 0; i < 60; i++) await db.put({ _id: `${i % 20}`, i, text: 'hello '.repeat(20) })
    const seen: unknown[] = []
    const first = await db.compact({ onProgress: progress => seen.push(progress) })
    expect(first).toMatchObject({ commits: 60, packsReplaced: 0 })
    expect(first.bytesAfter).toBeLessThan(first.bytesBefore / 2)
    expect(seen.at(-1)).toEqual({ done: 20, total: 20 })
    await db.put({ _id: 'one more' })
    const second = await db.compact()
    expect(second).toMatchObject({ commits: 1, packsReplaced: 2 })
    expect(second.bytesBefore).toBeGreaterThan(first.bytesAfter)
    const third = await db.compact()
    expect(third).toEqual({
      commits: 0,
      packsReplaced: 0,
      bytesBefore: second.bytesAfter,
      bytesAfter: second.bytesAfter,
    })
    await db.close()
    const { snapshots } = await storedState(space)
    expect(snapshots.flatMap(({ packs }) => packs.map(pack => pack.kind)).sort()).toEqual(['history', 'tree'])
    expect(snapshots[0]?.replaced.length).toBe(2)
  })

  it('of a database that does not exist makes none', async () => {
    const space = createMemorySpace()
    const db = openEngine({ space })
    expect(await db.compact()).toEqual({ commits: 0, packsReplaced: 0, bytesBefore: 0, bytesAfter: 0 })
    await db.close()
    expect(await space.list()).toEqual([])
  })

  it('that is given up leaves everything as it was', async () => {
    const space = createMemorySpace()
    const db = openEngine({ space })
    for (let i = 0; i < 5; i++) await db.put({ _id: `${i}` })
    const stop = new AbortController()
    const onProgress = ({ done }: { done: number }) => done === 3 && stop.abort()
    await expect(db.compact({ signal: stop.signal, onProgress })).rejects.toMatchObject({ code: 'ABORTED' })
    expect((await db.allDocs()).rows.length).toBe(5)
    expect((await db.compact()).commits).toBe(5)
    await db.close()
  })

  it('while the database is closed ends well, or with CLOSED', async () => {
    const space = createMemorySpace()
    const db = openEngine({ space })
    for (let i = 0; i < 5; i++) await db.put({ _id: `${i}` })
    const compaction = db.compact().catch(error => expect(error).toMatchObject({ code: 'CLOSED' }))
    await db.close()
    await compaction
    const again = openEngine({ space })
    expect((await again.allDocs()).rows.length).toBe(5)
    await again.close()
  })
})

describe('across a compaction', () => {
  it('basedOn, ifStale and a queued put go on to mean what they meant', async () => {
    const db = openEngine({ space: createMemorySpace() })
    const { clock } = await db.put({ _id: 'a', n: 1 })
    await db.put({ _id: 'a', n: 2 })
    await db.compact()
    await expect(db.put({ _id: 'a', n: 3 }, { basedOn: clock, ifStale: 'fail' })).rejects.toMatchObject({
      code: 'STALE',
    })
    await db.put({ _id: 'a', n: 4 }, { basedOn: clock })
    const before = await db.conflicts().toArray()
    expect(before[0]?.versions.map(({ doc }) => doc.n).sort()).toEqual([2, 4])
    await db.compact()
    expect(await db.conflicts().toArray()).toEqual(before)
    await db.put({ _id: 'a', n: 5 }, { basedOn: await db.clock(), ifStale: 'fail' })
    await db.del('a')
    expect(await db.find('a')).toBeUndefined()
    await Promise.all([db.put({ _id: 'b', n: 1 }), db.compact(), db.put({ _id: 'b', n: 2 })])
    expect(await db.get('b')).toEqual({ _id: 'b', n: 2 })
    expect(await db.conflicts().toArray()).toEqual([])
    await db.close()
  })

  it('a winner of over 4 KiB, one that loses, and a loser that wins keep their contents', async () => {
    const space = createMemorySpace()
    let db = openEngine({ space })
    const { clock } = await db.put({ _id: 'a', n: 1, text: LONG })
    await db.compact()
    await db.put({ _id: 'a', n: 2 }, { basedOn: [] })
    await db.compact()
    const [conflict] = await db.conflicts().toArray()
    const contents = conflict?.versions.map(({ doc }) => [doc.n, doc.text?.length])
    expect(contents?.sort()).toEqual([
      [1, LONG.length],
      [2, undefined],
    ])
    for (let i = 0; i < 3; i++) {
      // Deletes what is shown alone, so that another one is.
      const shown = await db.get('a')
      await db.put({ _id: 'a', n: shown.n + 10, ...(i % 2 ? { text: LONG } : {}) })
      await db.compact()
    }
    expect(await db.changes(clock)).toMatchObject({ rows: { length: 4 } })
    const all = await db.changes()
    await db.close()
    db = openEngine({ space })
    expect(await db.changes()).toEqual(all)
    expect(all.docs[0]).toMatchObject({ n: 1, text: LONG })
    await db.close()
  })

  it('scenario 2: a commit that waits for its parent stays, and joins when that comes', async () => {
    const [whole, late] = [new MemoryRemote('whole'), new MemoryRemote('late')]
    const author = new Device({ seed: 1 })
    for (const n of [1, 2, 3]) {
      await author.db.put({ _id: 'a', n })
      await author.sync(whole)
    }
    const key = await author.db.exportKey()
    const [first, second, third] = await (await openRawLog(whole, key)).packs()
    const lateLog = await openRawLog(late, key)
    const reader = new Device({ seed: 2 })
    await reader.db.put({ _id: 'mine' })
    await lateLog.append(third as Uint8Array)
    await reader.sync(late)
    await reader.db.compact()
    expect((await reader.db.allDocs()).rows.map(row => row.id)).toEqual(['mine'])
    await reader.reopen()
    await lateLog.append(second as Uint8Array)
    await reader.sync(late)
    await reader.db.compact()
    expect(await reader.db.has('a')).toBe(false)
    await lateLog.append(first as Uint8Array)
    await reader.sync(late)
    expect(await reader.db.get('a')).toEqual({ _id: 'a', n: 3 })
    expect((await reader.db.changes()).rows.length).toBe(4)
    await reader.db.compact()
    await reader.reopen()
    expect(await reader.db.get('a')).toEqual({ _id: 'a', n: 3 })
    await Promise.all([author.db.close(), reader.db.close()])
  })
})

describe('automatic compaction', () => {
  /** Long enough for all that goes on in the background. */
  async function turns(db: Database<AnyDocument>): Promise<void> {
    for (let i = 0; i < 200; i++) await new Promise(setImmediate)
    await db.clock()
  }

  it('comes after more commits than the limit, and never with `false`', async () => {
    for (const [autoCompact, isExpected] of [
      [10, true],
      [false, false],
      [30, false],
    ] as const) {
      const space = createMemorySpace()
      const db = openEngine({ space, autoCompact })
      for (let i = 0; i < 30; i++) await db.put({ _id: `${i}` })
      await turns(db)
      await db.close()
      const { snapshots, view } = await storedState(space)
      expect(snapshots.length).toBe(isExpected ? 1 : 0)
      if (isExpected) expect(view.commits.size).toBeLessThanOrEqual(10)
    }
  })

  it('comes at opening, when there is enough', async () => {
    const space = createMemorySpace()
    const db = openEngine({ space })
    for (let i = 0; i < 30; i++) await db.put({ _id: `${i}` })
    await db.close()
    const again = openEngine({ space, autoCompact: 10 })
    await again.clock()
    await turns(again)
    expect((await storedState(space)).view.commits.size).toBe(0)
    await again.close()
  })
})
