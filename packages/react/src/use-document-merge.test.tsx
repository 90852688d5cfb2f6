import { createTestPair, settled } from '@firekeep/core/testing'
import { act } from '@testing-library/react'
import { expect, it } from 'vitest'
import { renderHookWith } from '../test/render-hook-with.js'
import { settle } from '../test/settle.js'
import { createWatchedDatabase, watchDatabase } from '../test/watch-database.js'
import { useDocument } from './use-document.js'

const stored = { _id: 'a', title: 'old', body: 'old' }

async function editing() {
  const db = createWatchedDatabase()
  await db.put(stored)
  const { result } = renderHookWith(db, () => useDocument('a'))
  await settle(db)
  act(() => result.current.merge({ title: 'mine' }))
  const change = async (doc: object) => {
    await act(() => db.put({ ...stored, ...doc }))
    await settle(db)
  }
  const save = () => act(async () => void (await result.current.save()))
  return { db, result, change, save }
}

it('a change of another field shows under the edits, and the merged document leaves no conflict', async () => {
  const { db, result, change, save } = await editing()
  await change({ body: 'theirs' })
  expect(result.current).toMatchObject({ doc: { title: 'mine', body: 'theirs' }, dirty: true })
  await save()
  expect(await db.get('a')).toEqual({ _id: 'a', title: 'mine', body: 'theirs' })
  expect(await db.conflicts().toArray()).toEqual([])
})

it('on the same field the edit wins, and the other version stays visible as a conflict', async () => {
  const { db, result, change, save } = await editing()
  await change({ title: 'theirs', body: 'theirs' })
  expect(result.current.doc).toMatchObject({ title: 'mine', body: 'theirs' })
  act(() => result.current.merge({ title: 'mine!' }))
  await save()
  expect(result.current).toMatchObject({ doc: { title: 'mine!', body: 'theirs' }, dirty: false })
  const [conflict] = await db.conflicts().toArray()
  expect(conflict?.versions.map(version => version.doc)).toMatchObject([
    { title: 'mine!' },
    { title: 'theirs' },
  ])
})

it('changes of other fields, before and after, do not hide the conflict', async () => {
  const { db, change, save } = await editing()
  await change({ body: 'first' })
  await change({ title: 'theirs', body: 'first' })
  await change({ title: 'theirs', body: 'second' })
  await save()
  expect(await db.get('a')).toMatchObject({ title: 'mine', body: 'second' })
  const [conflict] = await db.conflicts().toArray()
  expect(conflict?.versions.map(version => version.doc)).toMatchObject([
    { title: 'mine' },
    { title: 'theirs', body: 'second' },
  ])
})

it('taking over what the other wrote settles it', async () => {
  const { db, result, change, save } = await editing()
  act(() => result.current.merge({ body: 'mine' }))
  await change({ title: 'theirs' })
  act(() => result.current.merge({ title: 'theirs' }))
  await save()
  expect(await db.get('a')).toEqual({ _id: 'a', title: 'theirs', body: 'mine' })
  expect(await db.conflicts().toArray()).toEqual([])
})

it('the same change by both is none to save', async () => {
  const { result, change } = await editing()
  await change({ title: 'mine' })
  expect(result.current).toMatchObject({ doc: { title: 'mine' }, dirty: false })
})

it('a change that comes between the last render and the save is merged as well', async () => {
  const { db, result } = await editing()
  await act(async () => {
    const theirs = db.put({ ...stored, body: 'theirs' })
    await result.current.save()
    await theirs
  })
  expect(await db.get('a')).toEqual({ _id: 'a', title: 'mine', body: 'theirs' })
  expect(await db.conflicts().toArray()).toEqual([])
})

it('a reset right after the save does not make it overwrite what others wrote in the field', async () => {
  const { db, result } = await editing()
  await act(async () => {
    const theirs = db.put({ ...stored, title: 'theirs' })
    const saved = result.current.save()
    result.current.reset()
    await Promise.all([theirs, saved])
  })
  const [conflict] = await db.conflicts().toArray()
  expect(conflict?.versions.map(version => version.doc)).toMatchObject([
    { title: 'mine' },
    { title: 'theirs' },
  ])
})

it('a deletion shows as the status and keeps the edits; saving brings the document back', async () => {
  const { db, result, save } = await editing()
  await act(() => db.del('a'))
  await settle(db)
  expect(result.current).toMatchObject({
    status: 'deleted',
    doc: { title: 'mine', body: 'old' },
    dirty: true,
  })
  await save()
  expect(result.current).toMatchObject({ status: 'ready', dirty: false })
  expect(await db.get('a')).toEqual({ _id: 'a', title: 'mine', body: 'old' })
  expect(await db.conflicts().toArray()).toEqual([])
})

it('a deletion without edits shows nothing more', async () => {
  const { db, result } = await editing()
  act(() => result.current.reset())
  await act(() => db.del('a'))
  await settle(db)
  expect(result.current).toMatchObject({ status: 'deleted', doc: undefined })
})

it('a deletion by another device, and edits on this one', async () => {
  const pair = createTestPair()
  await pair.a.put(stored)
  await settled(pair)
  const { database } = watchDatabase(pair.a)
  const { result } = renderHookWith(database, () => useDocument('a'))
  await settle(database)
  act(() => result.current.merge({ title: 'mine' }))
  await pair.b.del('a')
  await act(() => settled(pair))
  await settle(database)
  expect(result.current).toMatchObject({ status: 'deleted', doc: { title: 'mine' }, dirty: true })
})

it('a document created elsewhere under a new id keeps the fields that are not edited here', async () => {
  const db = createWatchedDatabase()
  const { result } = renderHookWith(db, () => useDocument({ _id: 'a', title: 'untitled', body: '' }))
  await settle(db)
  act(() => result.current.merge({ body: 'mine' }))
  await act(() => db.put({ _id: 'a', title: 'theirs' }))
  await act(async () => void (await result.current.save()))
  expect(await db.get('a')).toEqual({ _id: 'a', title: 'theirs', body: 'mine' })
  expect(await db.conflicts().toArray()).toEqual([])
})

it.each([false, true])(
  'after a change of id (strict: %s) the draft of the former one is not shown, and is there again when it comes back',
  async strict => {
    const db = createWatchedDatabase()
    await db.bulk([stored, { _id: 'b', title: 'other' }])
    const { result, rerender, renders } = renderHookWith(db, ({ id }: { id: string }) => useDocument(id), {
      initialProps: { id: 'a' },
      strict,
    })
    await settle(db)
    act(() => result.current.merge({ title: 'mine' }))
    const saveFormer = result.current.save
    rerender({ id: 'b' })
    await settle(db)
    expect(result.current).toMatchObject({ doc: { _id: 'b', title: 'other' }, dirty: false })
    rerender({ id: 'a' })
    await settle(db)
    expect(result.current).toMatchObject({ doc: { _id: 'a', title: 'mine' }, dirty: true })
    for (const { props, result } of renders) expect(result.doc?._id ?? props.id).toBe(props.id)
    rerender({ id: 'b' })
    await act(async () => void (await saveFormer()))
    expect(await db.get('a')).toMatchObject({ title: 'mine' })
    expect(await db.get('b')).toMatchObject({ title: 'other' })
  },
)
