import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../../test/runs.js'
import { createMemorySpace } from '../../storage/memory-storage.js'
import { createTestDatabase } from '../../testing/create-test-database.js'
import type { Database } from '../database.js'
import type { AnyDocument } from '../document-types.js'
import { engineOf } from '../engine-of.js'
import { readAll } from '../fixtures/forks.js'

async function forked(docs: readonly AnyDocument[]) {
  const db = createTestDatabase({ name: 'base', storage: createMemorySpace() })
  await db.bulk(docs as never)
  await db.compact()
  const fork = await db.fork('draft')
  return { db, fork, close: () => Promise.all([db.close(), fork.close()]) }
}

/** Makes a database show what a diff says that the other one does. */
async function apply(db: Database<AnyDocument>, other: Database<AnyDocument>): Promise<void> {
  for (const { id, theirs } of await db.diff(other).toArray()) {
    if (theirs === undefined || '_deleted' in theirs) await db.del(id)
    else await db.put(theirs as never)
  }
}

type Write = readonly [id: string, n: number, here: boolean, folds: boolean]
const write: fc.Arbitrary<Write> = fc.tuple(
  fc.constantFrom('a', 'b', 'c', 'é', '\u{10000}', '\uffff'),
  fc.nat({ max: 3 }),
  fc.boolean(),
  fc.boolean(),
)

describe('the difference of two databases', () => {
  it('names what the other one has more, less or otherwise, in id order, with both versions and the fields', async () => {
    const { db, fork, close } = await forked([
      { _id: 'changed', address: { city: 'Rome', zip: '1' }, tags: [1] },
      { _id: 'deleted', n: 1 },
      { _id: 'same', n: 1 },
      { _id: 'gone here', n: 1 },
    ])
    await fork.put({ _id: 'changed', address: { city: 'Oslo', zip: '1' }, tags: [1, 2] })
    await fork.del('deleted')
    await fork.put({ _id: 'added', n: 1 })
    await db.del('gone here')
    expect(await db.diff(fork).toArray()).toEqual([
      { id: 'added', kind: 'added', mine: undefined, theirs: { _id: 'added', n: 1 }, fields: [] },
      {
        id: 'changed',
        kind: 'changed',
        mine: { _id: 'changed', address: { city: 'Rome', zip: '1' }, tags: [1] },
        theirs: { _id: 'changed', address: { city: 'Oslo', zip: '1' }, tags: [1, 2] },
        fields: ['address.city', 'tags'],
      },
      {
        id: 'deleted',
        kind: 'deleted',
        mine: { _id: 'deleted', n: 1 },
        theirs: { _id: 'deleted', _deleted: true },
        fields: [],
      },
      {
        id: 'gone here',
        kind: 'added',
        mine: { _id: 'gone here', _deleted: true },
        theirs: { _id: 'gone here', n: 1 },
        fields: [],
      },
    ])
    await close()
  })

  it('is none where the contents are equal, whoever wrote them, and where nothing is', async () => {
    const { db, fork, close } = await forked([{ _id: 'a', n: 1 }])
    await fork.put({ _id: 'a', n: 2 })
    await db.put({ _id: 'a', n: 2 })
    await fork.put({ _id: 'b' })
    await fork.del('b')
    expect(await db.diff(fork).toArray()).toEqual([])
    const empty = createTestDatabase()
    expect(await empty.diff(createTestDatabase({ name: 'other' })).toArray()).toEqual([])
    await close()
  })

  it('reads what differs and little more', async () => {
    const docs = Array.from({ length: 2000 }, (_, i) => ({ _id: `doc-${i}`, n: i, text: `text ${i % 7}` }))
    const { db, fork, close } = await forked(docs)
    await fork.put({ _id: 'doc-77', n: -1 })
    await fork.compact()
    const again = createTestDatabase({
      name: 'other',
      storage: createMemorySpace(),
      key: await db.exportKey(),
    })
    await again.mergeFrom(fork)
    await again.compact()
    const reads = async () => (await engineOf(again).mustGetStore()).packs.reads.bytes
    const before = await reads()
    expect(await again.diff(db).toArray()).toHaveLength(1)
    expect((await reads()) - before).toBeLessThan(60_000)
    await Promise.all([close(), again.close()])
  })

  it('applied gives what the other one shows, related or not', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(write, { maxLength: 12 }), fc.boolean(), async (writes, isRelated) => {
        const { db, fork, close } = await forked([
          { _id: 'a', n: 1 },
          { _id: 'c', n: 1 },
        ])
        const other = isRelated ? fork : createTestDatabase({ name: 'other', seed: 2 })
        for (const [id, n, here, folds] of writes) {
          const target = here ? db : other
          if (n === 0) await target.del(id)
          else await target.put({ _id: id, n })
          if (folds) await target.compact()
        }
        const there = await readAll(other)
        const differences = await db.diff(other).toArray()
        const back = await other.diff(db).toArray()
        expect(back.map(({ id }) => id)).toEqual(differences.map(({ id }) => id))
        await apply(db, other)
        expect(await readAll(db)).toEqual(there)
        expect(await db.diff(other).toArray()).toEqual([])
        await Promise.all([close(), other.close()])
      }),
      { numRuns: runs(6) },
    )
  })

  it('takes databases only', async () => {
    const db = createTestDatabase()
    await expect(db.diff({} as never).toArray()).rejects.toMatchObject({ code: 'INVALID_OPTION' })
    const closed = createTestDatabase({ name: 'closed' })
    await closed.close()
    await expect(db.diff(closed).toArray()).rejects.toMatchObject({ code: 'CLOSED' })
    await db.close()
  })
})
