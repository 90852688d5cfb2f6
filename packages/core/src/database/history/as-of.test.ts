import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../../test/runs.js'
import { openEngine } from '../../compact/fixtures/open-engine.js'
import { createMemorySpace } from '../../storage/memory-storage.js'
import { createTestPair, settled } from '../../testing/create-test-pair.js'
import type { Database } from '../database.js'
import type { AnyDocument, Clock } from '../document-types.js'

const ids = ['a', 'b', 'c', 'é', '\u{1f600}']

const tags = (doc: AnyDocument, emit: (key: string, value: number) => void) => {
  for (const tag of doc.tags ?? []) emit(tag, doc.n)
}

const someDoc = fc.record(
  {
    _id: fc.constantFrom(...ids),
    n: fc.oneof({ weight: 6, arbitrary: fc.nat(3) }, fc.constant({ no: 'key' })),
    tags: fc.array(fc.constantFrom('x', 'y', 'z'), { maxLength: 3 }),
    long: fc.constant('x'.repeat(5000)),
  },
  { requiredKeys: ['_id'] },
)

type Step =
  | { readonly kind: 'put'; readonly onB: boolean; readonly docs: readonly AnyDocument[] }
  | { readonly kind: 'del'; readonly onB: boolean; readonly id: string }
  | { readonly kind: 'meet' | 'compact' | 'look' | 'leave index' }

const someStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('put' as const),
      onB: fc.boolean(),
      docs: fc.array(someDoc, { minLength: 1, maxLength: 3 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('del' as const),
      onB: fc.boolean(),
      id: fc.constantFrom(...ids),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom('meet' as const, 'compact', 'look', 'look') }) },
)

const OPTIONS = [
  {},
  { key: 1 },
  { keys: [2, 0] },
  { range: [1, 2] as const },
  { descending: true, limit: 2 },
  { includeDocs: false },
] as const

/** Everything that reading tells, now or at a moment. */
async function look(db: Database, at: { readonly asOf?: Clock } = {}) {
  const page = await db.query('n', { limit: 2, ...at })
  const after = page.rows.at(-1)
  const { rows } = await db.allDocs({ includeDeleted: true, ...at })
  return {
    found: await Promise.all(ids.map(id => db.find(id, at))),
    has: await Promise.all(ids.map(id => db.has(id, at))),
    all: await db.allDocs(at),
    gone: rows.filter(row => row.doc._deleted).map(row => row.id),
    last: await db.allDocs({ descending: true, limit: 2, prefix: '', ...at }),
    queries: await Promise.all(OPTIONS.map(options => db.query('n', { ...options, ...at }))),
    fields: await db.query(['n', '_id'], { prefix: [1], ...at }),
    tags: await db.query(tags, { name: 'tags', ...at }),
    unnamed: await db.query(doc => doc.n, { descending: true, ...at }),
    counts: await Promise.all(OPTIONS.map(options => db.count('n', { ...options, ...at }))),
    second: after === undefined ? page : await db.query('n', { after, limit: 2, ...at }),
  }
}

type Look = Awaited<ReturnType<typeof look>>

describe('asOf', () => {
  it('shows what was shown then: whoever wrote meanwhile, before and after compaction, on every replica', async () => {
    const property = fc.asyncProperty(
      fc.array(someStep, { minLength: 5, maxLength: 20 }),
      fc.boolean(),
      async (steps, compactLast) => {
        const pair = createTestPair()
        const { a, b } = pair
        const moments: { clock: Clock; seen: Look }[] = [{ clock: [], seen: await look(a) }]
        pair.offline()
        for (const step of steps) {
          if (step.kind === 'put') await (step.onB ? b : a).bulk(step.docs)
          else if (step.kind === 'del') await (step.onB ? b : a).del(step.id)
          else if (step.kind === 'compact') await a.compact()
          else if (step.kind === 'look') moments.push({ clock: await a.clock(), seen: await look(a) })
          else await meet(pair)
        }
        await meet(pair)
        if (compactLast) await b.compact()
        for (const { clock, seen } of moments) {
          for (const db of [a, b]) expect(await look(db, { asOf: clock.toReversed() })).toEqual(seen)
        }
        // Again, and after more was written: what was kept is still of its moment.
        await a.bulk(ids.map(_id => ({ _id, n: 1, tags: ['late'] })))
        for (const { clock, seen } of moments) expect(await look(a, { asOf: clock })).toEqual(seen)
        await pair.close()
      },
    )
    await fc.assert(property, { numRuns: runs(4) })
  })

  async function meet(pair: ReturnType<typeof createTestPair>): Promise<void> {
    pair.online()
    await settled(pair)
    pair.offline()
  }

  it('is the same over stored indexes, of which most rows are not touched', async () => {
    const space = createMemorySpace()
    const db = openEngine({ space })
    await db.bulk(Array.from({ length: 300 }, (_, i) => ({ _id: `${i}`, n: i % 7, tags: ['x'] })))
    for (const options of OPTIONS) await db.query('n', options)
    await db.compact()
    const moments = []
    for (let i = 0; i < 3; i++) {
      await db.put({ _id: `${i * 50}`, n: { no: 'key' } })
      await db.del(`${i * 50 + 1}`)
      await db.put({ _id: `new ${i}`, n: 1, long: 'x'.repeat(5000) })
      moments.push({ clock: await db.clock(), seen: await look(db) })
    }
    await db.compact()
    await db.close()
    const again = openEngine({ space })
    for (const { clock, seen } of moments) expect(await look(again, { asOf: clock })).toEqual(seen)
    await again.close()
  })

  it('is PRUNED where a content of the moment was erased, also of what was read before', async () => {
    const db = openEngine({ space: createMemorySpace() })
    const { clock: first } = await db.bulk([
      { _id: 'x', n: 1 },
      { _id: 'y', n: 1 },
    ])
    await db.put({ _id: 'x', n: 2 })
    const { clock: third } = await db.put({ _id: 'x', n: 3 })
    expect(await db.get('x', { asOf: first })).toEqual({ _id: 'x', n: 1 })
    expect((await db.query('n', { asOf: first })).rows.length).toBe(2)
    await db.prune({ before: third })
    for (const read of [
      () => db.get('x', { asOf: first }),
      () => db.find('x', { asOf: first }),
      () => db.allDocs({ asOf: first }),
      () => db.query('n', { asOf: first, key: 7 }),
      () => db.count(doc => doc.n, { asOf: first }),
    ])
      await expect(read()).rejects.toMatchObject({ code: 'PRUNED' })
    expect(await db.get('y', { asOf: first })).toEqual({ _id: 'y', n: 1 })
    expect((await db.allDocs({ asOf: first, key: 'y' })).docs).toEqual([{ _id: 'y', n: 1 }])
    expect((await db.allDocs({ asOf: third })).docs.map(doc => doc.n)).toEqual([3, 1])
    await db.close()
  })

  it('takes a clock in any order, with ancestors in it, and names the moment in the answer', async () => {
    const pair = createTestPair()
    pair.offline()
    const before = await pair.a.put({ _id: 'x', by: 'a' })
    const one = await pair.a.put({ _id: 'y', by: 'a' })
    const two = await pair.b.put({ _id: 'x', by: 'b' })
    pair.online()
    await settled(pair)
    const both = [...one.clock, ...two.clock].sort()
    for (const asOf of [both, both.toReversed(), [...before.clock, ...both, ...before.clock]])
      expect((await pair.b.allDocs({ asOf })).clock).toEqual(await pair.a.clock())
    expect((await pair.a.allDocs({ asOf: two.clock })).docs).toEqual([{ _id: 'x', by: 'b' }])
    await pair.close()
  })

  it('refuses what is no clock and what it does not know', async () => {
    const db = openEngine({ space: createMemorySpace() })
    const other = openEngine({ space: createMemorySpace(), seed: 2 })
    const { clock } = await db.put({ _id: 'x', n: 1 })
    const strange = (await other.put({ _id: 'x', n: 1 })).clock
    for (const [asOf, code] of [
      [clock[0], 'INVALID_OPTION'],
      [{ clock }, 'INVALID_OPTION'],
      [null, 'INVALID_OPTION'],
      [[1], 'INVALID_OPTION'],
      [['no id'], 'INVALID_OPTION'],
      [strange, 'UNKNOWN_CLOCK'],
      [[...clock, ...strange], 'UNKNOWN_CLOCK'],
    ] as const) {
      const at = { asOf: asOf as unknown as Clock }
      for (const read of [
        async () => db.get('x', at),
        async () => db.has('x', at),
        async () => db.allDocs(at),
        async () => db.query('n', at),
        async () => db.count('n', at),
      ])
        await expect(read()).rejects.toMatchObject({ code, message: expect.stringMatching(/clock|commit/) })
    }
    await Promise.all([db.close(), other.close()])
    await expect(db.get('x', { asOf: clock })).rejects.toMatchObject({ code: 'CLOSED' })
  })

  it('keeps a live query as it was: it tells once, and its snapshot stays', async () => {
    const db = openEngine({ space: createMemorySpace() })
    const { clock } = await db.put({ _id: 'x', n: 1 })
    await db.put({ _id: 'x', n: 2 })
    const live = db.live('n', { asOf: clock })
    expect(live.getSnapshot()).toMatchObject({ status: 'loading', rows: [] })
    let told = 0
    let stop = (): void => undefined
    await new Promise<void>(resolve => {
      stop = live.subscribe(() => {
        told += 1
        resolve()
      })
    })
    const snapshot = live.getSnapshot()
    expect(snapshot).toMatchObject({ status: 'ready', docs: [{ _id: 'x', n: 1 }], clock, skipped: 0 })
    expect(Object.isFrozen(snapshot.rows) && Object.isFrozen(snapshot.docs[0])).toBe(true)
    await db.put({ _id: 'x', n: 3 })
    await db.query('n')
    stop()
    const again = live.subscribe(() => {
      told += 1
    })
    await db.del('x')
    await db.query('n')
    again()
    expect([told, live.getSnapshot() === snapshot]).toEqual([1, true])
    live.close()
    expect(() => live.subscribe(() => undefined)).toThrow('closed')
    expect(() => db.live('n', { asOf: 'clock' as never })).toThrow('`asOf` is a clock')
    await db.close()
  })

  it('shows in a live query what went wrong, and tries again for the next one who asks', async () => {
    const a = openEngine({ space: createMemorySpace() })
    const b = openEngine({ space: createMemorySpace(), seed: 2 })
    const { clock } = await a.put({ _id: 'x', n: 1 })
    const live = b.live('n', { asOf: clock })
    for (let i = 0; i < 2; i++) {
      await new Promise<void>(resolve => {
        const stop = live.subscribe(({ error }) => {
          expect(error?.code).toBe('UNKNOWN_CLOCK')
          stop()
          resolve()
        })
      })
    }
    expect(live.getSnapshot().status).toBe('error')
    await Promise.all([a.close(), b.close()])
  })
})
