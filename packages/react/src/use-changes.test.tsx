import type { Clock } from '@firekeep/core'
import { act } from '@testing-library/react'
import { expect, it } from 'vitest'
import { renderHookWith } from '../test/render-hook-with.js'
import { settle } from '../test/settle.js'
import { createWatchedDatabase } from '../test/watch-database.js'
import { useChanges } from './use-changes.js'

it('shows what changed since the beginning, and appends what follows', async () => {
  const db = createWatchedDatabase()
  await db.put({ _id: 'a', n: 1 })
  const { result } = renderHookWith(db, () => useChanges())
  expect(result.current).toMatchObject({ docs: [], status: 'loading', hydrated: false })
  await settle(db)
  const [first] = result.current.rows
  await act(() => db.put({ _id: 'b', n: 2 }))
  await act(() => db.del('b'))
  await settle(db)
  expect(result.current.docs.slice(0, 1)).toEqual([{ _id: 'a', n: 1 }])
  expect(result.current.docs.at(-1)).toEqual({ _id: 'b', _deleted: true })
  expect(result.current.rows[0]).toBe(first)
  expect(result.current.clock).toEqual(await db.clock())
})

it('shows only what came after the clock it is given', async () => {
  const db = createWatchedDatabase()
  const { clock } = await db.put({ _id: 'a' })
  await db.put({ _id: 'b' })
  const { result, rerender } = renderHookWith(db, () => useChanges([...clock]))
  await settle(db)
  expect(result.current.docs).toEqual([{ _id: 'b' }])
  const before = result.current
  rerender()
  expect(result.current).toBe(before)
})

it('another clock starts from nothing', async () => {
  const db = createWatchedDatabase()
  const { clock } = await db.put({ _id: 'a' })
  const { result, rerender, renders } = renderHookWith(
    db,
    ({ since }: { since: Clock | undefined }) => useChanges(since),
    { initialProps: { since: undefined as Clock | undefined } },
  )
  await settle(db)
  expect(result.current.docs).toHaveLength(1)
  rerender({ since: clock })
  await settle(db)
  expect(result.current).toMatchObject({ docs: [], status: 'ready', hydrated: true })
  expect(renders.filter(({ props }) => props.since === clock).flatMap(({ result }) => result.docs)).toEqual(
    [],
  )
})

it('stops at its limit, and its clock says where to go on', async () => {
  const db = createWatchedDatabase()
  for (const _id of ['a', 'b', 'c']) await db.put({ _id })
  const { result } = renderHookWith(db, () => useChanges(undefined, { limit: 2 }))
  await settle(db)
  expect(result.current.docs).toEqual([{ _id: 'a' }, { _id: 'b' }])
  await act(() => db.put({ _id: 'd' }))
  await settle(db)
  expect(result.current.docs).toHaveLength(2)
  expect((await db.changes(result.current.clock)).docs).toEqual([{ _id: 'c' }, { _id: 'd' }])
})

it('a limit that is not reached yet is filled up by later changes', async () => {
  const db = createWatchedDatabase()
  const { result } = renderHookWith(db, () => useChanges(undefined, { limit: 2 }))
  await settle(db)
  for (const _id of ['a', 'b', 'c']) await act(() => db.put({ _id }))
  await settle(db)
  expect(result.current.docs).toEqual([{ _id: 'a' }, { _id: 'b' }])
})

it('a clock that is not of this database is an error in the result', async () => {
  const [db, other] = [createWatchedDatabase(), createWatchedDatabase({ seed: 2 })]
  const { clock } = await other.put({ _id: 'a' })
  const { result } = renderHookWith(db, () => useChanges(clock))
  await settle(db)
  expect(result.current).toMatchObject({ docs: [], status: 'error', error: { code: 'UNKNOWN_CLOCK' } })
})
