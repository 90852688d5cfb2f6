import { describe, expect, it } from 'vitest'
import { contributions } from '../../src/review/index.js'
import { createTestDatabase } from '../../src/testing/create-test-database.js'
import { bringBack, decide, offer, type Recipe, tryOut } from './fixtures/fork-example.js'
import { readExample } from './fixtures/read-example.js'

describe('the examples in docs/forks.md', () => {
  it('are the code that runs here', async () => {
    const { shown, run } = await readExample('forks.md', 'fork-example.ts')
    expect(shown).toBe(run)
  })

  it('try changes out, and take none that are wrong', async () => {
    const db = createTestDatabase<Recipe>()
    await db.put({ _id: 'soup', title: 'Soup', salt: 1 })
    const put = await tryOut(
      db,
      async draft => void (await draft.put({ _id: 'soup', title: 'Soup', salt: 2 })),
    )
    expect(put).toEqual(['soup'])
    const deleting = tryOut(db, async draft => void (await draft.del('soup')))
    await expect(deleting).rejects.toMatchObject({ code: 'ABORTED' })
    expect(await db.get('soup')).toMatchObject({ salt: 2 })
    await db.close()
  })

  it('bring back a document as it was', async () => {
    const db = createTestDatabase<Recipe>()
    const { clock } = await db.put({ _id: 'soup', title: 'Soup', salt: 1 })
    await db.del('soup')
    await bringBack(db, 'soup', clock)
    expect(await db.get('soup')).toMatchObject({ salt: 1 })
    await db.close()
  })

  it('take over what is offered, but for what is too salty', async () => {
    const [base, mine] = [createTestDatabase<Recipe>(), createTestDatabase<Recipe>({ name: 'mine', seed: 2 })]
    await mine.bulk([
      { _id: 'soup', title: 'Soup', salt: 2 },
      { _id: 'stew', title: 'Stew', salt: 9 },
    ])
    await offer(mine, 'soup', 'A soup')
    await offer(mine, 'stew', 'A stew')
    await decide(base, mine)
    expect(await base.has('soup')).toBe(true)
    expect(await base.has('stew')).toBe(false)
    expect((await contributions(base)).map(({ decision }) => decision).sort()).toEqual([
      'accepted',
      'rejected',
    ])
    await Promise.all([base.close(), mine.close()])
  })
})
