import { createTestDatabase } from '@firekeep/core/testing'
import { expect, it } from 'vitest'
import { holdCalls } from '../../test/hold-calls.js'
import { LiveQuerySource } from './live-query-source.js'

const inRoom = (room: string) => (doc: Record<string, unknown>) => (doc.room === room ? 1 : undefined)

it('of several checks of a map function the last one asked for counts', async () => {
  const db = createTestDatabase()
  await db.put({ _id: 'a', room: 'red' })
  const { database, release, calls } = holdCalls(db, 'query')
  const { source, live, stop } = followed(database)
  const refused = live.verify(inRoom('blue') as never)
  const accepted = live.verify(inRoom('red') as never)
  expect(calls()).toBe(2)
  await release(1)
  await accepted
  await release(0)
  await refused
  expect(source.getSnapshot().error).toBeUndefined()
  stop()
})

it('a check that is refused and then accepted shows the rows again', async () => {
  const db = createTestDatabase()
  await db.put({ _id: 'a', room: 'red' })
  const { source, live, stop } = followed(db)
  await live.verify(inRoom('blue') as never)
  expect(source.getSnapshot()).toMatchObject({ rows: [], status: 'error', error: { code: 'INVALID_QUERY' } })
  const refusal = source.getSnapshot()
  await live.verify(inRoom('blue') as never)
  expect(source.getSnapshot()).toBe(refusal)
  await live.verify(inRoom('red') as never)
  expect(source.getSnapshot()).toMatchObject({ rows: [{ id: 'a' }], status: 'ready' })
  stop()
})

function followed(database: ReturnType<typeof createTestDatabase>) {
  const live = new LiveQuerySource({ database, by: inRoom('red') as never, options: {} })
  return { live, source: live.source, stop: live.source.subscribe(() => undefined) }
}
