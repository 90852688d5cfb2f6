import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Database } from './database/database.js'
import type { AnyDocument } from './database/document-types.js'
import { createTestDatabase } from './testing/create-test-database.js'

let db: Database

beforeEach(() => {
  db = createTestDatabase()
})

afterEach(async () => {
  await db.close()
})

/** The action of the concept's job queue. */
function runAction(doc: AnyDocument): string {
  return `result of ${doc._id}`
}

/** Resolves once the live query shows this many rows. */
function shown(live: ReturnType<typeof db.live>, count: number): Promise<AnyDocument[]> {
  return new Promise(resolve => {
    const check = () => {
      const { docs } = live.getSnapshot()
      if (docs.length === count) resolve([...docs])
    }
    live.subscribe(check)
    check()
  })
}

describe("the concept's own code", () => {
  it('puts a document, finds it by its state, runs it and stores the result', async () => {
    db.put({ _id: 'doc1', state: 'please-run' })

    const jobs = await db.query('state', { key: 'please-run' })
    jobs.rows.forEach(job => {
      const doc = job.doc
      doc.result = runAction(doc)
      doc.state = 'ran-ok'
      db.put(doc)
    })

    expect(await db.get('doc1')).toEqual({ _id: 'doc1', state: 'ran-ok', result: 'result of doc1' })
  })

  it('runs what is written from then on in a subscriber that writes inside, and shows it live', async () => {
    db.subscribe(changes => {
      changes.forEach(doc => {
        if (doc.state === 'please-run') {
          doc.result = runAction(doc)
          doc.state = 'ran-ok'
          db.put(doc)
        }
      })
    })
    const ranJobs = db.live('state', { key: 'ran-ok' })

    const ids = Array.from({ length: 20 }, (_, i) => `job${i}`)
    for (const _id of ids) db.put({ _id, state: 'please-run' })

    const docs = await shown(ranJobs, ids.length)
    expect(docs.map(doc => doc.result)).toEqual(ids.toSorted().map(id => `result of ${id}`))
    expect(await db.query('state', { key: 'please-run' })).toMatchObject({ rows: [] })
  })
})
