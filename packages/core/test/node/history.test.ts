import { describe, expect, it } from 'vitest'
import type { Clock } from '../../src/index.js'
import { createTestDatabase } from '../../src/testing/create-test-database.js'
import {
  type Application,
  catchUp,
  countAt,
  page,
  stateOf,
  timeline,
  undo,
} from './fixtures/history-example.js'
import { readExample } from './fixtures/read-example.js'

describe('the example in docs/history.md', () => {
  it('is the code that runs here', async () => {
    const { shown, run } = await readExample('history.md', 'history-example.ts')
    expect(shown).toBe(run)
  })

  it('tells who moved a document when, counts at a moment, and takes a step back', async () => {
    const db = createTestDatabase<Application>()
    const draft = await db.put({ _id: 'one', applicant: 'Ada', state: 'draft' })
    await db.put({ _id: 'two', applicant: 'Bo', state: 'draft' })
    const both = await db.clock()
    await db.put({ _id: 'one', applicant: 'Ada', state: 'testing' })
    const { author = '' } = await db.identity()
    expect((await timeline(db, 'one')).map(line => line.slice(25))).toEqual(
      ['draft', 'testing'].map(state => `${author.slice(0, 6)} ${state}`),
    )
    expect(await countAt(db, 'draft', draft.clock)).toBe(1)
    expect(await countAt(db, 'draft', both)).toBe(2)
    expect(await countAt(db, 'draft', await db.clock())).toBe(1)
    await undo(db, 'one')
    expect((await db.get('one')).state).toBe('draft')
    await undo(db, 'two')
    expect(await db.has('two')).toBe(false)
    expect((await timeline(db, 'one')).length).toBe(3)
    await db.close()
  })

  it('pages through all commits, and catches up', async () => {
    const db = createTestDatabase<Application>()
    for (let i = 0; i < 45; i++) await db.put({ _id: `${i}`, applicant: 'Ada', state: 'draft' })
    const ids: string[] = []
    for (let after: Clock | undefined; ; ) {
      const { commits, next } = await page(db, after)
      if (next === undefined) break
      ids.push(...commits.flatMap(commit => commit.ids))
      after = next
    }
    expect(ids).toEqual(Array.from({ length: 45 }, (_, i) => `${44 - i}`))
    const { docs, clock } = await catchUp(db)
    expect(docs.length).toBe(45)
    const before = await stateOf(db)
    await db.del('7')
    expect((await catchUp(db, clock)).docs).toEqual([{ _id: '7', _deleted: true }])
    expect(await stateOf(db)).not.toBe(before)
    await db.close()
  })
})
