import { createTestDatabase } from '@firekeep/core/testing'
import { act } from '@testing-library/react'
import { expect, it } from 'vitest'
import { renderHookWith } from '../test/render-hook-with.js'
import { settle } from '../test/settle.js'
import { watchDatabase } from '../test/watch-database.js'
import { useLiveQuery } from './use-live-query.js'

async function roomsDatabase() {
  const counted = watchDatabase(createTestDatabase())
  await counted.database.bulk([
    { _id: 'a', room: 'red', at: 1 },
    { _id: 'b', room: 'blue', at: 2 },
  ])
  return counted
}

it('a map function written inline starts one query, however often it is rendered', async () => {
  const { database: db, opened } = await roomsDatabase()
  const { result, rerender } = renderHookWith(db, () =>
    useLiveQuery(doc => doc.at as number, { descending: true }),
  )
  await settle(db)
  const before = result.current
  rerender()
  rerender()
  await settle(db)
  expect(result.current).toBe(before)
  expect(before.rows.map(row => row.key)).toEqual([2, 1])
  expect(opened()).toBe(1)
})

it('rows and values that are emitted are typed and shown', async () => {
  const { database: db } = await roomsDatabase()
  const { result } = renderHookWith(db, () =>
    useLiveQuery((doc, emit: (key: string, value: number) => void) => emit(doc.room, doc.at * 10), {
      key: 'blue',
    }),
  )
  await settle(db)
  expect(result.current.rows).toMatchObject([{ key: 'blue', id: 'b', value: 20 }])
})

it('a captured variable that changes is refused, and the rows of its former value are not shown once', async () => {
  const { database: db } = await roomsDatabase()
  const { result, rerender, renders } = renderHookWith(
    db,
    ({ room }: { room: string }) => useLiveQuery(doc => (doc.room === room ? (doc.at as number) : undefined)),
    { initialProps: { room: 'red' } },
  )
  await settle(db)
  expect(result.current.docs).toMatchObject([{ _id: 'a' }])
  rerender({ room: 'blue' })
  await settle(db)
  expect(result.current).toMatchObject({
    docs: [],
    rows: [],
    status: 'error',
    error: { code: 'INVALID_QUERY' },
  })
  for (const { props, result } of renders)
    expect(result.docs.every(doc => doc.room === props.room)).toBe(true)
})

it('it is refused too where no row is at hand to tell, and shown again with the former value', async () => {
  const { database: db } = await roomsDatabase()
  const { result, rerender } = renderHookWith(
    db,
    ({ room }: { room: string }) => useLiveQuery(doc => (doc.room === room ? (doc.at as number) : undefined)),
    { initialProps: { room: 'empty' } },
  )
  await settle(db)
  expect(result.current).toMatchObject({ docs: [], status: 'ready' })
  rerender({ room: 'blue' })
  await settle(db)
  expect(result.current).toMatchObject({ docs: [], status: 'error', error: { code: 'INVALID_QUERY' } })
  rerender({ room: 'empty' })
  await settle(db)
  expect(result.current).toMatchObject({ status: 'ready', error: undefined })
})

it('a function with another text, or another version of its name, is another query', async () => {
  const { database: db, opened } = await roomsDatabase()
  const byAt = (doc: Record<string, unknown>) => doc.at as number
  const byRoom = (doc: Record<string, unknown>) => doc.room as string
  const { result, rerender } = renderHookWith(
    db,
    ({ map, version }: { map: typeof byAt | typeof byRoom; version: number }) =>
      useLiveQuery(map as typeof byAt, { name: `${map === byAt}`, version }),
    { initialProps: { map: byAt as typeof byAt | typeof byRoom, version: 1 } },
  )
  await settle(db)
  expect(result.current.rows.map(row => row.key)).toEqual([1, 2])
  rerender({ map: byRoom, version: 1 })
  await settle(db)
  expect(result.current.rows.map(row => row.key)).toEqual(['blue', 'red'])
  rerender({ map: byRoom, version: 2 })
  await settle(db)
  expect(opened()).toBe(3)
})

it('functions that are made by bind are told apart, though all have one text', async () => {
  const { database: db } = await roomsDatabase()
  function read(this: string, doc: Record<string, unknown>) {
    return doc[this] as string
  }
  const maps = { at: read.bind('at'), room: read.bind('room') }
  const { result, rerender } = renderHookWith(db, ({ by }: { by: 'at' | 'room' }) => useLiveQuery(maps[by]), {
    initialProps: { by: 'at' },
  })
  await settle(db)
  rerender({ by: 'room' })
  await settle(db)
  expect(result.current.rows.map(row => row.key)).toEqual(['blue', 'red'])
})

it('goes on to follow changes after many renders of an inline function', async () => {
  const { database: db } = await roomsDatabase()
  const { result, rerender } = renderHookWith(db, () => useLiveQuery(doc => doc.at as number))
  for (let i = 0; i < 5; i += 1) rerender()
  await settle(db)
  await act(() => db.put({ _id: 'c', at: 0 }))
  expect(result.current.docs.map(doc => doc._id)).toEqual(['c', 'a', 'b'])
})
