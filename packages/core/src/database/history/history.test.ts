import { describe, expect, it } from 'vitest'
import { openEngine, START } from '../../compact/fixtures/open-engine.js'
import { createMemorySpace } from '../../storage/memory-storage.js'
import { createTestPair, settled } from '../../testing/create-test-pair.js'
import { BreakableSpace } from '../../testing/fixtures/breakable-space.js'
import type { Clock } from '../document-types.js'
import type { Listing } from './history-types.js'

async function take<T>(listing: Listing<T>, count: number): Promise<T[]> {
  const taken: T[] = []
  for await (const entry of listing) if (taken.push(entry) === count) break
  return taken
}

describe('history of a document', () => {
  it('lists its versions newest first: who wrote what when, over what, and which is shown', async () => {
    const clock = { now: START }
    const db = openEngine({ space: createMemorySpace(), clock })
    const author = (await db.identity()).author
    await db.put({ _id: 'other', n: 0 })
    const one = await db.put({ _id: 'x', n: 1 })
    clock.now += 1000
    const two = await db.put({ _id: 'x', n: 2 })
    clock.now += 1000
    const gone = await db.del('x')
    const again = await db.put({ _id: 'x', n: 3 })
    const expected = [
      {
        clock: again.clock,
        doc: { _id: 'x', n: 3 },
        author,
        time: START + 2000,
        parents: [gone.clock],
        current: true,
      },
      {
        clock: gone.clock,
        doc: { _id: 'x', _deleted: true },
        author,
        time: START + 2000,
        parents: [two.clock],
        current: false,
      },
      {
        clock: two.clock,
        doc: { _id: 'x', n: 2 },
        author,
        time: START + 1000,
        parents: [one.clock],
        current: false,
      },
      { clock: one.clock, doc: { _id: 'x', n: 1 }, author, time: START, parents: [], current: false },
    ]
    expect(await db.history('x').toArray()).toEqual(expected)
    await db.compact()
    const listing = db.history('x')
    expect(await listing.toArray()).toEqual(expected)
    const [first] = await take(listing, 1)
    Object.assign(first?.doc as object, { spoilt: true })
    expect(await take(listing, 9)).toEqual(expected)
    for (const version of expected)
      expect((await db.find('x', { asOf: version.clock })) ?? { _id: 'x', _deleted: true }).toEqual(
        version.doc,
      )
    expect(await db.history('nobody').toArray()).toEqual([])
    await db.close()
  })

  it('shows both sides of what was written apart, and the version that joins them', async () => {
    const pair = createTestPair()
    const { a, b } = pair
    const base = await a.put({ _id: 'x', by: 'base' })
    await settled(pair)
    pair.offline()
    const left = await a.put({ _id: 'x', by: 'a' })
    const right = await b.put({ _id: 'x', by: 'b' })
    pair.online()
    await settled(pair)
    const apart = await b.history('x').toArray()
    expect(apart.map(version => version.parents)).toEqual([[base.clock], [base.clock], []])
    expect(apart.filter(version => version.current).map(version => version.doc)).toEqual([await b.get('x')])
    const joined = await a.resolve('x', { _id: 'x', by: 'both' })
    await settled(pair)
    const [newest, ...others] = await b.history('x').toArray()
    expect(newest).toMatchObject({ clock: joined.clock, doc: { by: 'both' }, current: true })
    expect(newest?.parents.toSorted()).toEqual([left.clock, right.clock].toSorted())
    expect(others.every(version => !version.current)).toBe(true)
    expect(await a.history('x').toArray()).toEqual(await b.history('x').toArray())
    await pair.close()
  })

  it('keeps a version whose content was pruned, without the content', async () => {
    const db = openEngine({ space: createMemorySpace() })
    for (let n = 0; n < 4; n++) await db.put({ _id: 'x', n })
    await db.prune({ before: await db.clock() })
    const found = await db.history('x').toArray()
    expect(found.map(version => version.doc)).toEqual([{ _id: 'x', n: 3 }, undefined, undefined, undefined])
    await db.close()
  })
})

describe('history', () => {
  it('lists all commits newest first, with the documents they touched', async () => {
    const db = openEngine({ space: createMemorySpace() })
    const one = await db.bulk([{ _id: 'x' }, { _id: 'y' }])
    await db.compact()
    const two = await db.del('x')
    const { author } = await db.identity()
    const found = await db.history().toArray()
    expect(found).toEqual([
      { clock: two.clock, author, time: expect.any(Number), ids: ['x'], parents: [one.clock] },
      { clock: one.clock, author, time: expect.any(Number), ids: ['x', 'y'], parents: [] },
    ])
    await db.close()
  })

  it('is listed in pages of any size, by limit and after', async () => {
    const db = openEngine({ space: createMemorySpace() })
    for (let n = 0; n < 30; n++) await db.put({ _id: n % 2 === 0 ? 'x' : 'y', n })
    await db.compact()
    for (let n = 30; n < 40; n++) await db.put({ _id: 'x', n })
    for (const id of [undefined, 'x']) {
      const list = (options: object) => db.history(id as 'x', options)
      const all = await list({}).toArray()
      expect(all.length).toBe(id === undefined ? 40 : 25)
      for (const limit of [1, 7, 100]) {
        const found = []
        for (let after: Clock | undefined; ; after = found.at(-1)?.clock) {
          const page = await list(after === undefined ? { limit } : { limit, after }).toArray()
          if (page.length === 0) break
          expect(page.length).toBeLessThanOrEqual(limit)
          found.push(...page)
        }
        expect(found).toEqual(all)
      }
      expect(await list({ limit: 0 }).toArray()).toEqual([])
    }
    await db.close()
  })

  it('is of one moment while it is iterated: writes, compaction and pruning do not disturb it', async () => {
    const clock = { now: START }
    const space = createMemorySpace()
    const db = openEngine({ space, clock, cacheBytes: 1 })
    for (let n = 0; n < 60; n++) await db.put({ _id: `${n % 3}`, n })
    await db.compact()
    const expected = (await db.history().toArray()).map(entry => entry.clock)
    const seen: Clock[] = []
    for await (const entry of db.history()) {
      seen.push(entry.clock)
      if (seen.length % 25 !== 5) continue
      await db.put({ _id: 'new', n: seen.length })
      // Past the time for which replaced packs are kept: what was read from is gone.
      clock.now += 3_600_000
      await db.prune({ before: await db.clock() })
    }
    expect(seen).toEqual(expected)
    await db.close()
  })

  it('tells of commits, also where the database could not be opened at first', async () => {
    const space = new BreakableSpace(createMemorySpace())
    const db = openEngine({ space })
    space.isBroken = true
    let calls = 0
    let ofOther = 0
    db.history('x').subscribe(() => {
      calls += 1
    })
    db.history('other').subscribe(() => {
      ofOther += 1
    })
    await expect(db.history('x').toArray()).rejects.toMatchObject({ code: 'STORAGE_FAILED' })
    space.isBroken = false
    // Opened, and then written to.
    await db.put({ _id: 'x' })
    expect([calls, ofOther]).toEqual([2, 1])
    await db.close()
  })

  it('refuses what makes no sense, stops when it is called off, and ends with its handle', async () => {
    const db = openEngine({ space: createMemorySpace() })
    const other = openEngine({ space: createMemorySpace(), seed: 2 })
    for (let n = 0; n < 3; n++) await db.put({ _id: 'x', n })
    const { clock: strange } = await other.put({ _id: 'x' })
    for (const options of [{ after: 'x' }, { limit: -1 }, { signal: {} }, { before: [] }])
      expect(() => db.history('x', options as object)).toThrow(
        expect.objectContaining({ code: 'INVALID_OPTION' }),
      )
    expect(() => db.history(1 as unknown as string)).toThrow(
      expect.objectContaining({ code: 'INVALID_DOCUMENT' }),
    )
    for (const [after, expected] of [
      [[], 'INVALID_OPTION'],
      [['x'], 'INVALID_OPTION'],
      [strange, 'UNKNOWN_CLOCK'],
    ] as const)
      await expect(db.history('x', { after }).toArray()).rejects.toMatchObject({ code: expected })
    const controller = new AbortController()
    const iterate = async (stop: () => unknown) => {
      for await (const _ of db.history(undefined, { signal: controller.signal })) await stop()
    }
    await expect(iterate(() => controller.abort())).rejects.toMatchObject({ code: 'ABORTED' })
    const open = db.history()[Symbol.asyncIterator]()
    await open.next()
    await db.close()
    await expect(open.next()).rejects.toMatchObject({ code: 'CLOSED' })
    expect(() => db.history()).toThrow(expect.objectContaining({ code: 'CLOSED' }))
    await other.close()
  })
})
