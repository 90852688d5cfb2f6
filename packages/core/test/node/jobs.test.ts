import { afterEach, describe, expect, it } from 'vitest'
import type { AnyDocument, Database } from '../../src/index.js'
import type { Worker } from '../../src/jobs/index.js'
import { worker } from '../../src/jobs/index.js'
import { createTestDatabase } from '../../src/testing/create-test-database.js'
import {
  approve,
  type Bank,
  type Licence,
  licences,
  type Payment,
  type Photo,
  startPaying,
  startPreviews,
  timeline,
  translate,
} from './fixtures/jobs-example.js'
import { readExample } from './fixtures/read-example.js'

const opened: { close(): Promise<void> }[] = []

function open<D extends object>(): Database<D> {
  const db = createTestDatabase<D>()
  opened.push(db)
  return db
}

function keep(jobs: Worker): Worker {
  opened.unshift({ close: () => jobs.stop() })
  return jobs
}

afterEach(async () => {
  for (const each of opened.splice(0)) await each.close()
})

describe('the example in docs/jobs.md', () => {
  it('is the code that runs here', async () => {
    const { shown, run } = await readExample('jobs.md', 'jobs-example.ts')
    expect(shown).toBe(run)
  })

  it('pays each payment once', async () => {
    const db = open<Payment>()
    const paid = new Map<string, number>()
    const bank: Bank = {
      pay: async (amount, { key }) => {
        paid.set(key, amount)
        return `receipt for ${amount}`
      },
    }
    await db.bulk([1, 2, 3].map(amount => ({ state: 'please-run', amount })))
    await keep(startPaying(db, bank)).idle()
    expect([...paid.values()].sort()).toEqual([1, 2, 3])
    const { docs } = await db.query('state', { key: 'ran-ok' })
    expect(docs.map(doc => doc.receipt)).toContain('receipt for 2')
  })

  it('makes the previews that are missing', async () => {
    const db = open<Photo>()
    await db.put({ _id: 'a', picture: Uint8Array.of(1, 2, 3) })
    await keep(startPreviews(db, picture => picture.slice(0, 1))).idle()
    expect((await db.get('a')).preview).toEqual(Uint8Array.of(1))
  })

  it('translates a text once', async () => {
    const db = open<AnyDocument>()
    let runs = 0
    const run = () => ({ translation: `bonjour ${++runs}` })
    keep(worker(db, { run }))
    expect(await translate(db, 'hello', 'fr')).toBe('bonjour 1')
    expect(await translate(db, 'hello', 'fr')).toBe('bonjour 1')
    expect(await translate(db, 'goodbye', 'fr')).toBe('bonjour 2')
  })

  it('lets one clerk decide, and tells who it was', async () => {
    const db = open<Licence>()
    await db.put({ _id: 'ada', name: 'Ada', state: 'draft' })
    await licences.transition(db, 'ada', 'testing')
    const seen = await db.get('ada')
    await approve(db, seen, 'Bob')
    await expect(approve(db, seen, 'Eve')).rejects.toMatchObject({ code: 'STALE' })
    const { author } = await db.identity()
    const moves = await timeline(db, 'ada')
    expect(moves.map(move => move.state)).toEqual(['approved', 'testing', 'draft'])
    expect(moves.every(move => move.author === author)).toBe(true)
  })
})
