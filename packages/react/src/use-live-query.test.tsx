import { createTestDatabase, createTestPair, settled } from '@firekeep/core/testing'
import { act, renderHook } from '@testing-library/react'
import { expect, it } from 'vitest'
import { renderHookWith } from '../test/render-hook-with.js'
import { settle } from '../test/settle.js'
import { createWatchedDatabase, watchDatabase } from '../test/watch-database.js'
import { useLiveQuery } from './use-live-query.js'

it('shows that it loads, then the rows, then every change', async () => {
  const db = createWatchedDatabase()
  await db.put({ _id: 'a', state: 'open' })
  const { result, renders } = renderHookWith(db, () => useLiveQuery('state', { key: 'open' }))
  expect(renders[0]?.result).toMatchObject({ docs: [], rows: [], status: 'loading', hydrated: false })
  await settle(db)
  expect(result.current).toMatchObject({ status: 'ready', hydrated: true, error: undefined })
  expect(result.current.rows).toMatchObject([{ key: 'open', id: 'a', value: null }])
  await act(() => db.put({ _id: 'b', state: 'open' }))
  expect(result.current.docs.map(doc => doc._id)).toEqual(['a', 'b'])
  await act(() => db.del('a'))
  expect(result.current.docs.map(doc => doc._id)).toEqual(['b'])
})

it('redraws on what another device wrote', async () => {
  const pair = createTestPair()
  const { database } = watchDatabase(pair.a)
  const { result } = renderHookWith(database, () => useLiveQuery('state', { key: 'open' }))
  await pair.b.put({ _id: 'x', state: 'open' })
  await act(() => settled(pair))
  await settle(database)
  expect(result.current.docs).toMatchObject([{ _id: 'x' }])
})

it('options written inline start one query, and its result stays the same object until the data changes', async () => {
  const { database: db, opened } = watchDatabase(createTestDatabase())
  await db.put({ _id: 'a', state: 'open', n: 1 })
  const { result, rerender } = renderHookWith(db, () =>
    useLiveQuery('state', { keys: ['open', 'ran'], limit: 9 }),
  )
  await settle(db)
  const before = result.current
  rerender()
  await act(() => db.put({ _id: 'b', state: 'closed' }))
  expect(result.current).toBe(before)
  const [row] = before.rows
  await act(() => db.put({ _id: 'c', state: 'ran' }))
  expect(result.current.rows[0]).toBe(row)
  expect(result.current.rows).toHaveLength(2)
  expect(opened()).toBe(1)
})

it('after another query is asked for, no row of the former one is shown', async () => {
  const db = createWatchedDatabase()
  await db.bulk([
    { _id: 'a', room: 'red' },
    { _id: 'b', room: 'blue' },
  ])
  const { result, rerender, renders } = renderHookWith(
    db,
    ({ room }: { room: string }) => useLiveQuery('room', { key: room }),
    { initialProps: { room: 'red' } },
  )
  await settle(db)
  rerender({ room: 'blue' })
  await settle(db)
  expect(result.current.docs).toMatchObject([{ _id: 'b' }])
  for (const { props, result } of renders)
    expect(result.docs.every(doc => doc.room === props.room)).toBe(true)
})

it.each([0, '', false, null])('%j is a key as any other', async key => {
  const db = createWatchedDatabase()
  await db.bulk([
    { _id: 'a', at: key },
    { _id: 'b', at: 7 },
  ])
  const { result } = renderHookWith(db, () => useLiveQuery('at', { key }))
  await settle(db)
  expect(result.current.rows).toMatchObject([{ key, id: 'a' }])
})

it('a limit of 0 gives no rows, and says that they were read', async () => {
  const db = createWatchedDatabase()
  await db.put({ state: 'open' })
  const { result } = renderHookWith(db, () => useLiveQuery('state', { limit: 0 }))
  await settle(db)
  expect(result.current).toMatchObject({ rows: [], status: 'ready', hydrated: true })
})

it('a query that makes no sense is an error in the result', async () => {
  const db = createWatchedDatabase()
  const { result } = renderHookWith(db, () => useLiveQuery('at', { key: 1, range: [1, 2] }))
  await settle(db)
  expect(result.current).toMatchObject({ status: 'error', hydrated: false, error: { code: 'INVALID_QUERY' } })
})

it('a database that is closed is an error in the result', async () => {
  const db = createWatchedDatabase()
  await db.close()
  const { result } = renderHookWith(db, () => useLiveQuery('at'))
  await act(async () => undefined)
  expect(result.current).toMatchObject({ status: 'error', error: { code: 'CLOSED' } })
})

it('the database given in the options comes before the provider', async () => {
  const [near, given] = [createWatchedDatabase(), createWatchedDatabase({ name: 'given' })]
  await given.put({ _id: 'x', at: 1 })
  const { result } = renderHookWith(near, () => useLiveQuery('at', { database: given }))
  await settle(given)
  expect(result.current.docs).toMatchObject([{ _id: 'x' }])
})

it('another database starts from nothing', async () => {
  const databases = { one: createWatchedDatabase(), two: createWatchedDatabase({ name: 'two' }) }
  await databases.one.put({ _id: 'x', at: 1 })
  const { result, rerender, renders } = renderHookWith(
    databases.one,
    ({ from }: { from: 'one' | 'two' }) => useLiveQuery('at', { database: databases[from] }),
    { initialProps: { from: 'one' } },
  )
  await settle(databases.one)
  expect(result.current.docs).toHaveLength(1)
  rerender({ from: 'two' })
  await settle(databases.two)
  expect(renders.filter(({ props }) => props.from === 'two').flatMap(({ result }) => result.docs)).toEqual([])
})

it('without a database it says both ways to give it one', () => {
  const render = () => renderHook(() => useLiveQuery('at'))
  expect(render).toThrow(expect.objectContaining({ code: 'NO_DATABASE' }))
  expect(render).toThrow(/<FirekeepProvider database=\{db\}>[\s\S]*database: db/)
})
