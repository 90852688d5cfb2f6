import { describe, expect, it } from 'vitest'
import { createMemorySpace } from '../storage/memory-storage.js'
import { openReplica } from '../testing/fixtures/open-replica.js'
import type { AnyDocument } from './document-types.js'

/** Changes whatever it is given, however deep. */
function spoil(value: unknown): void {
  if (value instanceof Uint8Array) value.fill(9)
  else if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) spoil(inner)
    Object.assign(value, { spoilt: true })
  }
}

describe('reading', () => {
  it('makes no database: the space stays empty', async () => {
    const space = createMemorySpace()
    const db = openReplica({ space })
    const live = db.live('n')
    await new Promise<void>(resolve => live.subscribe(() => resolve()))
    db.subscribe(() => undefined)
    expect(await db.find('x')).toBeUndefined()
    expect(await db.has('x')).toBe(false)
    await expect(db.get('x')).rejects.toMatchObject({ code: 'NOT_FOUND' })
    expect(await db.allDocs()).toMatchObject({ rows: [], docs: [], clock: [] })
    expect(await db.query('n')).toMatchObject({ rows: [] })
    expect(await db.changes()).toEqual({ rows: [], docs: [], clock: [] })
    expect(await db.conflicts().toArray()).toEqual([])
    expect(await db.clock()).toEqual([])
    await db.storageInfo()
    await db.close()
    expect(await (await space.open('keys')).list('')).toEqual([])
  })

  it('waits for the writes issued before it', async () => {
    const db = openReplica({ space: createMemorySpace() })
    void db.put({ _id: 'x', n: 1 })
    const reads = [
      db.get('x'),
      db.allDocs().then(({ docs }) => docs[0]),
      db.query('n', { key: 1 }).then(({ docs }) => docs[0]),
      db.changes().then(({ docs }) => docs[0]),
    ]
    expect(await Promise.all(reads)).toEqual(Array.from(reads, () => ({ _id: 'x', n: 1 })))
    void db.del('x')
    expect(await db.has('x')).toBe(false)
    expect((await db.clock()).length).toBe(1)
    await db.close()
  })

  it('also when a write issued after them has failed already', async () => {
    const db = openReplica({ space: createMemorySpace() })
    await db.clock()
    void db.put({ _id: 'x', n: 1 })
    const failed = db.put({ _id: 'y' }, { basedOn: ['?'] }).catch(error => error.code)
    expect(await db.get('x')).toEqual({ _id: 'x', n: 1 })
    expect(await failed).toBe('INVALID_OPTION')
    await db.close()
  })

  it('hands out documents that belong to the caller', async () => {
    const db = openReplica({ space: createMemorySpace() })
    const make = () => ({ _id: 'x', n: 1, deep: { list: [{ a: 1 }] }, bytes: new Uint8Array([1, 2]) })
    const heard: AnyDocument[] = []
    db.subscribe(changes => heard.push(...changes))
    const given = make()
    const put = db.put(given)
    spoil(given)
    await put
    const read = async () => [
      await db.get('x'),
      await db.find('x'),
      ...(await db.allDocs()).docs,
      ...(await db.query('n')).docs,
      ...(await db.changes()).docs,
      await db.transact(tx => tx.get('x')),
      ...heard,
    ]
    const first = await read()
    expect(first.length).toBe(7)
    for (const doc of first) {
      expect(doc).toEqual(make())
      spoil(doc)
    }
    heard.length = 0
    for (const doc of await read()) expect(doc).toEqual(make())
    await db.update('x', doc => {
      spoil(doc)
      return make()
    })
    expect(await db.get('x')).toEqual(make())
    await db.close()
  })

  it('finds 10,000 awaited puts after a restart', async () => {
    const space = createMemorySpace()
    const db = openReplica({ space })
    for (let i = 0; i < 10_000; i++) await db.put({ _id: `${i}`, i })
    await db.close()
    const again = openReplica({ space, seed: 2 })
    const { docs } = await again.allDocs()
    expect(docs.map(doc => doc.i).sort((a, b) => a - b)).toEqual(Array.from({ length: 10_000 }, (_, i) => i))
    await again.close()
  }, 120_000)
})
