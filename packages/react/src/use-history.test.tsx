import { act } from '@testing-library/react'
import { renderToString } from 'react-dom/server'
import { expect, it } from 'vitest'
import { renderHookWith } from '../test/render-hook-with.js'
import { settle } from '../test/settle.js'
import { createWatchedDatabase } from '../test/watch-database.js'
import { useHistory } from './use-history.js'

it('shows the versions of a document, newest first, as they come', async () => {
  const db = createWatchedDatabase()
  await db.put({ _id: 'x', n: 1 })
  const { result } = renderHookWith(db, () => useHistory('x'))
  expect(result.current).toMatchObject({ versions: [], commits: [], status: 'loading', hydrated: false })
  await settle(db)
  const [first] = result.current.versions
  expect(first).toMatchObject({ doc: { _id: 'x', n: 1 }, current: true })
  await act(() => db.put({ _id: 'x', n: 2 }))
  await settle(db)
  expect(result.current.versions.map(({ doc }) => doc?.n)).toEqual([2, 1])
  expect(result.current.versions.map(({ current }) => current)).toEqual([true, false])
  expect(result.current).toMatchObject({ commits: [], hasMore: false, status: 'ready' })
  expect(Object.isFrozen(result.current.versions[0]?.doc)).toBe(true)
})

it('shows a version that loses, of which no subscriber hears', async () => {
  const db = createWatchedDatabase()
  const { clock } = await db.put({ _id: 'x', n: 1 })
  await db.put({ _id: 'x', n: 2 })
  const { result } = renderHookWith(db, () => useHistory('x'))
  await settle(db)
  const [shown] = result.current.versions
  await act(() => db.del('x', { basedOn: clock }))
  await settle(db)
  expect(result.current.versions.length).toBe(3)
  expect(result.current.versions).toContain(shown)
})

it('does not draw again for other documents, nor when the database is folded', async () => {
  const db = createWatchedDatabase()
  await db.put({ _id: 'x', n: 1 })
  const { result, renders } = renderHookWith(db, () => useHistory('x'))
  await settle(db)
  const before = result.current
  await act(() => db.put({ _id: 'y' }))
  await settle(db)
  await act(async () => void (await db.compact()))
  await settle(db)
  expect(result.current).toBe(before)
  expect(renders.length).toBe(2)
})

it('without an id shows all commits, and older ones when they are asked for', async () => {
  const db = createWatchedDatabase()
  for (const _id of ['a', 'b', 'c', 'd', 'e']) await db.put({ _id })
  const { result } = renderHookWith(db, () => useHistory(undefined, { limit: 2 }))
  await settle(db)
  const ids = () => result.current.commits.map(commit => commit.ids.join())
  expect([ids(), result.current.hasMore]).toEqual([['e', 'd'], true])
  const { loadMore, commits } = result.current
  act(() => {
    loadMore()
    loadMore()
  })
  await settle(db)
  expect([ids(), result.current.hasMore]).toEqual([['e', 'd', 'c', 'b'], true])
  expect(result.current.commits[0]).toBe(commits[0])
  act(() => result.current.loadMore())
  await settle(db)
  expect([ids(), result.current.hasMore]).toEqual([['e', 'd', 'c', 'b', 'a'], false])
  act(() => result.current.loadMore())
  await act(() => db.put({ _id: 'f' }))
  await settle(db)
  expect(ids()).toEqual(['f', 'e', 'd', 'c', 'b', 'a'])
  expect([result.current.loadMore, result.current.versions]).toEqual([loadMore, []])
})

it('another id starts from nothing', async () => {
  const db = createWatchedDatabase()
  await db.put({ _id: 'x', n: 1 })
  await db.put({ _id: 'y', n: 2 })
  const { result, rerender, renders } = renderHookWith(db, ({ id }: { id: string }) => useHistory(id), {
    initialProps: { id: 'x' },
  })
  await settle(db)
  rerender({ id: 'y' })
  await settle(db)
  const shown = renders.filter(({ props }) => props.id === 'y').flatMap(({ result }) => result.versions)
  expect(shown.map(({ doc }) => doc?._id)).not.toContain('x')
  expect(result.current.versions.map(({ doc }) => doc?.n)).toEqual([2])
})

it('is an error in the result where it cannot be read', async () => {
  const db = createWatchedDatabase()
  const { result } = renderHookWith(db, () => useHistory(''))
  await settle(db)
  expect(result.current).toMatchObject({ versions: [], status: 'error', error: { code: 'INVALID_DOCUMENT' } })
})

it('takes a database, and shows nothing on a server', () => {
  const database = createWatchedDatabase()
  const Probe = () => <p>{useHistory('x', { database }).status}</p>
  expect(renderToString(<Probe />)).toBe('<p>loading</p>')
})
