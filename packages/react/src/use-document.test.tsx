import { act } from '@testing-library/react'
import { expect, it } from 'vitest'
import { renderHookWith } from '../test/render-hook-with.js'
import { settle } from '../test/settle.js'
import { createWatchedDatabase } from '../test/watch-database.js'
import { useDocument } from './use-document.js'

it('shows a stored document and what becomes of it', async () => {
  const db = createWatchedDatabase()
  await db.put({ _id: 'a', title: 'one' })
  const { result, renders } = renderHookWith(db, () => useDocument('a'))
  expect(renders[0]?.result).toMatchObject({ doc: undefined, status: 'loading', dirty: false, saving: false })
  await settle(db)
  expect(result.current).toMatchObject({ doc: { _id: 'a', title: 'one' }, status: 'ready' })
  await act(() => db.put({ _id: 'a', title: 'two' }))
  await settle(db)
  expect(result.current.doc).toEqual({ _id: 'a', title: 'two' })
})

it('an id under which nothing is stored shows nothing, and can be written', async () => {
  const db = createWatchedDatabase()
  const { result } = renderHookWith(db, () => useDocument('a'))
  await settle(db)
  expect(result.current).toMatchObject({ doc: undefined, status: 'new' })
  act(() => result.current.merge({ title: 'one' }))
  expect(result.current).toMatchObject({ doc: { _id: 'a', title: 'one' }, dirty: true })
  await act(async () => void (await result.current.save()))
  expect(result.current).toMatchObject({ status: 'ready', dirty: false })
  expect(await db.get('a')).toEqual({ _id: 'a', title: 'one' })
})

it('an initial document with an id is shown until one is stored, and is no edit of it', async () => {
  const db = createWatchedDatabase()
  const { result } = renderHookWith(db, () => useDocument({ _id: 'settings', theme: 'light', size: 1 }))
  await settle(db)
  expect(result.current).toMatchObject({ doc: { theme: 'light' }, status: 'new', dirty: false })
  await act(() => db.put({ _id: 'settings', theme: 'dark' }))
  await settle(db)
  expect(result.current).toMatchObject({
    doc: { _id: 'settings', theme: 'dark' },
    status: 'ready',
    dirty: false,
  })
  expect(result.current.doc).not.toHaveProperty('size')
})

it('a document without an id gets one when it is saved, and keeps it', async () => {
  const db = createWatchedDatabase()
  const { result } = renderHookWith(db, () => useDocument({ title: '' }))
  expect(result.current).toMatchObject({ doc: { title: '' }, status: 'new' })
  act(() => result.current.merge({ title: 'one' }))
  await act(async () => void (await result.current.save()))
  const { _id: id } = result.current.doc
  expect(await db.get(String(id))).toEqual({ _id: id, title: 'one' })
  act(() => result.current.merge({ title: 'two' }))
  await act(async () => void (await result.current.save()))
  expect((await db.allDocs()).docs).toEqual([{ _id: id, title: 'two' }])
})

it('merge and then save in one tick saves the merged document', async () => {
  const db = createWatchedDatabase()
  await db.put({ _id: 'a', title: 'one', done: false })
  const { result } = renderHookWith(db, () => useDocument('a'))
  await settle(db)
  await act(async () => {
    result.current.merge({ title: 'two' })
    const saved = result.current.save()
    // A read issued after the save waits for it, as it does for a put.
    expect(await db.get('a')).toEqual({ _id: 'a', title: 'two', done: false })
    await saved
  })
  expect(result.current).toMatchObject({ dirty: false, saving: false })
})

it('merge and save before the document was read keep its other fields', async () => {
  const db = createWatchedDatabase()
  await db.put({ _id: 'a', title: 'one', done: false })
  const { result } = renderHookWith(db, () => useDocument('a'))
  await act(async () => {
    result.current.merge({ title: 'two' })
    await result.current.save()
  })
  expect(await db.get('a')).toEqual({ _id: 'a', title: 'two', done: false })
  expect(await db.conflicts().toArray()).toEqual([])
})

it('saves that follow each other without waiting make one document and no conflict', async () => {
  const db = createWatchedDatabase()
  const { result } = renderHookWith(db, () => useDocument({ n: 0 }))
  await act(async () => {
    const saves = [1, 2, 3].map(n => {
      result.current.merge({ n })
      return result.current.save()
    })
    const ids = (await Promise.all(saves)).map(({ id }) => id)
    expect(new Set(ids).size).toBe(1)
  })
  expect((await db.allDocs()).docs).toMatchObject([{ n: 3 }])
  expect(await db.conflicts().toArray()).toEqual([])
})

it('what is typed while it is being saved stays an edit', async () => {
  const db = createWatchedDatabase()
  await db.put({ _id: 'a', title: 'one', at: '' })
  const { result } = renderHookWith(db, () => useDocument('a'))
  await settle(db)
  await act(async () => {
    result.current.merge({ title: 'two', at: new Date(0) })
    const saved = result.current.save()
    result.current.merge({ title: 'three', at: new Date(1) })
    await saved
  })
  expect(await db.get('a')).toMatchObject({ title: 'two' })
  expect(result.current).toMatchObject({ doc: { title: 'three' }, dirty: true })
  await act(async () => void (await result.current.save()))
  expect(await db.get('a')).toMatchObject({ title: 'three', at: new Date(1).toISOString() })
  expect(await db.conflicts().toArray()).toEqual([])
})

it('saving what did not change writes nothing', async () => {
  const db = createWatchedDatabase()
  await db.put({ _id: 'a', title: 'one' })
  const { result } = renderHookWith(db, () => useDocument('a'))
  await settle(db)
  const before = await db.clock()
  act(() => result.current.merge({ title: 'one' }))
  expect(result.current.dirty).toBe(false)
  await act(async () => expect(await result.current.save()).toEqual({ id: 'a', clock: before }))
  expect(await db.clock()).toEqual(before)
})

it('replace sets the whole draft: fields that are not in it go', async () => {
  const db = createWatchedDatabase()
  await db.put({ _id: 'a', title: 'one', done: true })
  const { result } = renderHookWith(db, () => useDocument('a'))
  await settle(db)
  act(() => result.current.replace({ title: 'two' }))
  expect(result.current.doc).toEqual({ _id: 'a', title: 'two' })
  await act(async () => void (await result.current.save()))
  expect(await db.get('a')).toEqual({ _id: 'a', title: 'two' })
})

it('replace before the document was read takes out the fields it has and the new one lacks', async () => {
  const db = createWatchedDatabase()
  await db.put({ _id: 'a', title: 'one', done: true })
  const { result } = renderHookWith(db, () => useDocument('a'))
  await act(async () => {
    result.current.replace({ title: 'two' })
    result.current.merge({ more: 1 })
    await result.current.save()
  })
  expect(await db.get('a')).toEqual({ _id: 'a', title: 'two', more: 1 })
  expect(await db.conflicts().toArray()).toEqual([])
})

it('reset drops the edits; after a document that began without an id it goes on to a fresh one', async () => {
  const db = createWatchedDatabase()
  await db.put({ _id: 'a', title: 'one' })
  const known = renderHookWith(db, () => useDocument('a')).result
  const fresh = renderHookWith(db, () => useDocument({ title: '' })).result
  await settle(db)
  act(() => known.current.merge({ title: 'two' }))
  act(() => known.current.reset())
  expect(known.current).toMatchObject({ doc: { title: 'one' }, dirty: false })

  act(() => fresh.current.merge({ title: 'new' }))
  await act(async () => void (await fresh.current.save()))
  act(() => fresh.current.reset())
  expect(fresh.current).toMatchObject({ status: 'new', dirty: false })
  expect(fresh.current.doc).toEqual({ title: '' })
})

it('refresh drops the edits and shows what is stored', async () => {
  const db = createWatchedDatabase()
  const { result } = renderHookWith(db, () => useDocument({ title: '' }))
  act(() => result.current.merge({ title: 'one' }))
  await act(async () => void (await result.current.save()))
  act(() => result.current.merge({ title: 'two' }))
  await act(() => result.current.refresh())
  expect(result.current).toMatchObject({ doc: { title: 'one' }, dirty: false, status: 'ready' })
})

it('remove deletes the document and drops the edits', async () => {
  const db = createWatchedDatabase()
  await db.put({ _id: 'a', title: 'one' })
  const { result } = renderHookWith(db, () => useDocument('a'))
  await settle(db)
  act(() => result.current.merge({ title: 'two' }))
  await act(() => result.current.remove())
  await settle(db)
  expect(result.current).toMatchObject({ doc: undefined, status: 'deleted', dirty: false })
  expect(await db.has('a')).toBe(false)
})

it('a save that fails says why and keeps the edits', async () => {
  const db = createWatchedDatabase()
  const { result } = renderHookWith(db, () => useDocument<Record<string, unknown>>({ title: '' }))
  act(() => result.current.merge({ title: () => 1 }))
  await act(() => expect(result.current.save()).rejects.toMatchObject({ code: 'INVALID_DOCUMENT' }))
  expect(result.current).toMatchObject({ error: { code: 'INVALID_DOCUMENT' }, dirty: true, saving: false })
  act(() => result.current.merge({ title: 'one' }))
  await act(async () => void (await result.current.save()))
  expect(result.current).toMatchObject({ error: undefined, dirty: false })
})

it('a database that is closed is an error, not a missing document', async () => {
  const db = createWatchedDatabase()
  await db.put({ _id: 'a', title: 'one' })
  await db.close()
  const { result } = renderHookWith(db, () => useDocument({ _id: 'a', title: '' }))
  await act(async () => undefined)
  expect(result.current).toMatchObject({ status: 'error', error: { code: 'CLOSED' } })
})

it('an initial document written inline counts as it was last rendered, under the edits', async () => {
  const db = createWatchedDatabase()
  const { result, rerender } = renderHookWith(
    db,
    ({ author }: { author: string }) => useDocument({ author, text: '' }),
    { initialProps: { author: 'ann' } },
  )
  act(() => result.current.merge({ text: 'hi' }))
  const before = result.current
  rerender({ author: 'ann' })
  expect(result.current).toBe(before)
  rerender({ author: 'bob' })
  expect(result.current.doc).toEqual({ author: 'bob', text: 'hi' })
  await act(async () => void (await result.current.save()))
  expect((await db.allDocs()).docs).toMatchObject([{ author: 'bob', text: 'hi' }])
})

it('a function makes the initial document once per document', async () => {
  const db = createWatchedDatabase()
  let made = 0
  const { result, rerender } = renderHookWith(db, () =>
    useDocument(() => {
      made += 1
      return { _id: `note-${made}`, text: '' }
    }),
  )
  rerender()
  await settle(db)
  expect(result.current).toMatchObject({ doc: { _id: 'note-1' }, status: 'new' })
  act(() => result.current.reset())
  await settle(db)
  expect(result.current).toMatchObject({ doc: { _id: 'note-2' }, status: 'new' })
})

it('its functions are the same at every render', async () => {
  const db = createWatchedDatabase()
  const { result } = renderHookWith(db, () => useDocument({ title: '' }))
  const { merge, save, submit } = result.current
  act(() => merge({ title: 'one' }))
  await act(async () => void (await save()))
  expect(result.current).toMatchObject({ merge, save, submit })
})
