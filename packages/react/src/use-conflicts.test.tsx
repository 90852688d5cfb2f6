import type { Database } from '@firekeep/core'
import { act } from '@testing-library/react'
import { renderToString } from 'react-dom/server'
import { expect, it } from 'vitest'
import { renderHookWith } from '../test/render-hook-with.js'
import { settle } from '../test/settle.js'
import { createWatchedDatabase } from '../test/watch-database.js'
import { useConflicts } from './use-conflicts.js'

/** Writes versions that do not know of each other. */
async function diverge(db: Database, id: string, ...names: readonly string[]): Promise<void> {
  for (const by of names) await db.put({ _id: id, by }, { basedOn: [] })
}

it('shows conflicts as they come and go', async () => {
  const db = createWatchedDatabase()
  const { result } = renderHookWith(db, () => useConflicts())
  expect(result.current).toMatchObject({ conflicts: [], status: 'loading', hydrated: false })
  await settle(db)
  expect(result.current).toMatchObject({ conflicts: [], status: 'ready', hydrated: true })
  await act(() => diverge(db, 'x', 'a', 'b'))
  await settle(db)
  expect(result.current.conflicts).toEqual(await db.conflicts().toArray())
  expect(result.current.conflicts[0]?.fields).toEqual(['by'])
  await act(() => db.resolve('x', { by: 'both' }))
  await settle(db)
  expect(result.current.conflicts).toEqual([])
})

it('stays one object while nothing changes, and keeps the conflicts that did not change', async () => {
  const db = createWatchedDatabase()
  await diverge(db, 'x', 'a', 'b')
  const { result, rerender, renders } = renderHookWith(db, () => useConflicts())
  await settle(db)
  const before = result.current
  rerender()
  await act(() => db.put({ _id: 'other' }))
  await settle(db)
  expect(result.current).toBe(before)
  expect(renders.length).toBe(3)
  await act(() => diverge(db, 'y', 'a', 'b'))
  await settle(db)
  expect(result.current.conflicts[0]).toBe(before.conflicts[0])
})

it('resolves what is shown, and nothing that came since', async () => {
  const db = createWatchedDatabase()
  await diverge(db, 'x', 'a', 'b')
  const { result } = renderHookWith(db, () => useConflicts())
  await settle(db)
  const { resolve } = result.current
  await act(() => diverge(db, 'x', 'third'))
  await act(() => resolve('x', { by: 'both' }))
  await settle(db)
  const [left] = result.current.conflicts
  expect(left?.versions.map(({ doc }) => doc.by).sort()).toEqual(['both', 'third'])
  await act(() => result.current.resolve('x', versions => ({ by: versions.length })))
  await settle(db)
  expect(result.current.conflicts).toEqual([])
  expect(await db.get('x')).toEqual({ _id: 'x', by: 2 })
})

it('takes another clock to be based on, and resolves what is in no conflict', async () => {
  const db = createWatchedDatabase()
  await diverge(db, 'x', 'a', 'b')
  const { result } = renderHookWith(db, () => useConflicts())
  await settle(db)
  await act(() => result.current.resolve('x', { by: 'apart' }, { basedOn: [] }))
  await act(() => result.current.resolve('y', { by: 'new' }))
  await settle(db)
  expect(result.current.conflicts.map(({ id, versions }) => [id, versions.length])).toEqual([['x', 3]])
  expect(await db.get('y')).toEqual({ _id: 'y', by: 'new' })
})

it('is an error in the result where the database is closed', async () => {
  const db = createWatchedDatabase()
  await db.close()
  const { result } = renderHookWith(db, () => useConflicts())
  await settle(db)
  expect(result.current).toMatchObject({ conflicts: [], status: 'error', error: { code: 'CLOSED' } })
})

it('takes a database, and shows nothing on a server', () => {
  const db = createWatchedDatabase()
  const Probe = () => <p>{useConflicts(db).status}</p>
  expect(renderToString(<Probe />)).toBe('<p>loading</p>')
})
