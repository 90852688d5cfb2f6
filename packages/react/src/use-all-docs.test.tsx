import { createTestDatabase } from '@firekeep/core/testing'
import { act } from '@testing-library/react'
import { expect, it } from 'vitest'
import { renderHookWith } from '../test/render-hook-with.js'
import { settle } from '../test/settle.js'
import { watchDatabase } from '../test/watch-database.js'
import { useAllDocs } from './use-all-docs.js'

async function letters() {
  const counted = watchDatabase(createTestDatabase())
  await counted.database.bulk(['c', 'a', 'b'].map(_id => ({ _id })))
  return counted
}

it('lists all documents by id, as their own value, and follows changes', async () => {
  const { database: db } = await letters()
  const { result } = renderHookWith(db, () => useAllDocs())
  expect(result.current).toMatchObject({ docs: [], status: 'loading', hydrated: false })
  await settle(db)
  expect(result.current.rows).toEqual((await db.allDocs()).rows)
  const [first] = result.current.rows
  await act(() => db.put({ _id: 'b', changed: true }))
  expect(result.current.docs).toEqual([{ _id: 'a' }, { _id: 'b', changed: true }, { _id: 'c' }])
  expect(result.current.rows[0]).toBe(first)
})

it.each([
  { key: 'b' },
  { keys: ['c', 'a', 'c', 'none'] },
  { range: ['b', 'z'] as const },
  { prefix: 'a' },
  { prefix: '' },
  { limit: 2, descending: true },
  { limit: 0 },
  { after: { key: 'a', id: 'a' } },
])('picks with %j what allDocs picks', async options => {
  const { database: db } = await letters()
  const { result } = renderHookWith(db, () => useAllDocs(options))
  await settle(db)
  expect(result.current).toMatchObject({ status: 'ready', hydrated: true })
  expect(result.current.rows).toEqual((await db.allDocs(options)).rows)
})

it('lists deleted documents where they are asked for', async () => {
  const { database: db } = await letters()
  const { result } = renderHookWith(db, () => useAllDocs({ includeDeleted: true, prefix: 'b' }))
  await settle(db)
  expect(result.current.docs).toEqual([{ _id: 'b' }])
  await act(() => db.del('b'))
  await settle(db)
  expect(result.current.docs).toEqual([{ _id: 'b', _deleted: true }])
})

it('options written inline start one list, which stays the same until something changes', async () => {
  const { database: db, opened } = await letters()
  const { result, rerender } = renderHookWith(db, () => useAllDocs({ keys: ['a', 'b'] }))
  await settle(db)
  const before = result.current
  rerender()
  await act(() => db.put({ _id: 'other' }))
  expect(result.current).toBe(before)
  expect(opened()).toBe(1)
})

it('after other options no row of the former ones is shown', async () => {
  const { database: db } = await letters()
  const { result, rerender, renders } = renderHookWith(
    db,
    ({ prefix }: { prefix: string }) => useAllDocs({ prefix }),
    { initialProps: { prefix: 'a' } },
  )
  await settle(db)
  rerender({ prefix: 'b' })
  await settle(db)
  expect(result.current.docs).toEqual([{ _id: 'b' }])
  for (const { props, result } of renders)
    expect(result.docs.every(doc => doc._id === props.prefix)).toBe(true)
})

it('options that make no sense are an error in the result', async () => {
  const { database: db } = await letters()
  for (const includeDeleted of [false, true]) {
    const { result } = renderHookWith(db, () => useAllDocs({ key: 'a', prefix: 'b', includeDeleted }))
    await settle(db)
    expect(result.current).toMatchObject({ docs: [], status: 'error', error: { code: 'INVALID_QUERY' } })
  }
})
