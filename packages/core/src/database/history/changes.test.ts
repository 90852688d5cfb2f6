import { describe, expect, it } from 'vitest'
import { openEngine } from '../../compact/fixtures/open-engine.js'
import { createMemorySpace } from '../../storage/memory-storage.js'
import { createTestPair, settled } from '../../testing/create-test-pair.js'
import type { ChangeRow, Database } from '../database.js'
import type { Clock } from '../document-types.js'

async function inPages(db: Database, since: Clock, limit: number): Promise<ChangeRow<object>[]> {
  const rows: ChangeRow<object>[] = []
  for (let clock = since; ; ) {
    const page = await db.changes(clock, { limit })
    if (page.rows.length === 0) return rows
    rows.push(...(page.rows as ChangeRow<object>[]))
    clock = page.clock
  }
}

describe('changes', () => {
  it('are what happened since, on both sides of a parting, before and after compaction, at once or in pages', async () => {
    const pair = createTestPair()
    const { a, b } = pair
    await a.bulk(Array.from({ length: 20 }, (_, n) => ({ _id: `${n}`, n })))
    await settled(pair)
    const since = await a.clock()
    pair.offline()
    await a.put({ _id: '1', by: 'a' })
    const onA = await a.put({ _id: '2', by: 'a' })
    await b.put({ _id: '1', by: 'b' })
    await b.del('3')
    pair.online()
    await settled(pair)
    const all = await a.changes(since)
    expect(all.rows.map(row => row.id).sort()).toEqual(['1', '1', '2', '3'])
    expect(all.clock).toEqual(await a.clock())
    const unseen = await b.changes(onA.clock)
    expect(unseen.rows.map(row => row.id)).toEqual(['1', '3'])
    expect(unseen.rows[0]?.doc).toEqual(await b.get('1'))
    await Promise.all([a.compact(), b.compact()])
    for (const db of [a, b]) {
      expect(await db.changes(since)).toEqual(all)
      expect(await db.changes(since.toReversed())).toEqual(all)
      expect(await db.changes(onA.clock)).toEqual(unseen)
      for (const limit of [1, 3]) expect(await inPages(db, since, limit)).toEqual(all.rows)
    }
    await pair.close()
  })

  it('walk no long way back for a document that was written long before', async () => {
    const db = openEngine({ space: createMemorySpace() })
    await db.bulk(Array.from({ length: 3000 }, (_, n) => ({ _id: `${n}`, n })))
    for (let n = 0; n < 300; n++) await db.put({ _id: 'busy', n })
    const since = await db.clock()
    for (let n = 0; n < 300; n++) await db.put({ _id: `${n * 7}`, late: true })
    await db.compact()
    const { rows } = await db.changes(since)
    expect(rows.map(row => row.id)).toEqual(Array.from({ length: 300 }, (_, n) => `${n * 7}`))
    await db.close()
  }, 20_000)

  it('tell of a clock that is not here, of one that is none, of what was pruned, and stop when called off', async () => {
    const db = openEngine({ space: createMemorySpace() })
    const other = openEngine({ space: createMemorySpace(), seed: 2 })
    const { clock } = await db.put({ _id: 'x', n: 1 })
    const { clock: strange } = await other.put({ _id: 'x', n: 1 })
    for (const [since, code] of [
      [strange, 'UNKNOWN_CLOCK'],
      [[...clock, ...strange], 'UNKNOWN_CLOCK'],
      ['x', 'INVALID_OPTION'],
      [{}, 'INVALID_OPTION'],
      [['x'], 'INVALID_OPTION'],
      [[{}], 'INVALID_OPTION'],
    ] as const)
      await expect(db.changes(since as Clock)).rejects.toMatchObject({ code })
    await expect(db.changes(clock, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'ABORTED',
    })
    await expect(db.changes(clock, { signal: 1 as never })).rejects.toMatchObject({ code: 'INVALID_OPTION' })
    await db.put({ _id: 'x', n: 2 })
    const last = await db.put({ _id: 'x', n: 3 })
    await db.prune({ before: last.clock })
    await expect(db.changes(clock)).rejects.toMatchObject({ code: 'PRUNED' })
    expect((await db.changes()).docs).toEqual([{ _id: 'x', n: 3 }])
    await Promise.all([db.close(), other.close()])
  })
})
