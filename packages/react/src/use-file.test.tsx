import { FirekeepError, type StoredFile } from '@firekeep/core'
import { act, renderHook, waitFor } from '@testing-library/react'
import { renderToString } from 'react-dom/server'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { FakeFile } from '../test/fake-file.js'
import { ObjectUrls } from '../test/object-urls.js'
import { renderHookWith } from '../test/render-hook-with.js'
import { settle } from '../test/settle.js'
import { createWatchedDatabase } from '../test/watch-database.js'
import { useDocument } from './use-document.js'
import { useFile } from './use-file.js'

let urls: ObjectUrls

beforeEach(() => {
  urls = new ObjectUrls()
})

afterEach(() => urls.restore())

/** Lets the last load of a file come to its end. */
async function finish(file: FakeFile): Promise<void> {
  await act(async () => file.loads.at(-1)?.finish())
}

it('loads when it is shown, and gives a URL, which is revoked when it goes', async () => {
  const file = new FakeFile('a')
  const { result, unmount } = renderHook(() => useFile(file))
  expect(result.current).toMatchObject({ status: 'loading', url: undefined, file: undefined })
  await finish(file)
  expect(result.current).toMatchObject({ status: 'ready', error: undefined })
  expect(urls.open).toEqual([result.current.url])
  expect(await result.current.file?.text()).toBe('a')
  unmount()
  expect([urls.created, urls.open]).toEqual([1, []])
})

it('leaves no URL and no load behind in strict mode', async () => {
  const file = new FakeFile('a')
  const { result, unmount } = renderHook(() => useFile(file), { reactStrictMode: true })
  expect(file.loads.map(({ options }) => options.signal?.aborted)).toEqual([true, false])
  await act(async () => file.loads[0]?.finish())
  expect(urls.created).toBe(0)
  await finish(file)
  expect(urls.open).toEqual([result.current.url])
  unmount()
  expect(urls.open).toEqual([])
})

it('calls off what loads when it goes', async () => {
  const file = new FakeFile('a')
  const { unmount } = renderHook(() => useFile(file))
  unmount()
  expect(file.loads[0]?.options.signal?.aborted).toBe(true)
  await finish(file)
  expect(urls.created).toBe(0)
})

it('keeps its URL and itself while the content is the same, whichever object tells of it', async () => {
  const first = new FakeFile('a')
  const { result, rerender } = renderHook(({ file }) => useFile(file), { initialProps: { file: first } })
  await finish(first)
  const before = result.current
  const edited = new FakeFile('a')
  rerender({ file: edited })
  expect(result.current).toBe(before)
  expect([urls.created, edited.loads.length]).toEqual([1, 0])
})

it('shows nothing of the former content when another one is asked for', async () => {
  const [a, b] = [new FakeFile('a'), new FakeFile('b')]
  const { result, rerender } = renderHook(({ file }) => useFile(file), {
    initialProps: { file: a as FakeFile | undefined },
  })
  await finish(a)
  rerender({ file: b })
  expect(result.current).toMatchObject({ status: 'loading', url: undefined })
  expect(urls.open).toEqual([])
  await finish(b)
  expect(await urls.blobOf(result.current.url)?.text()).toBe('b')
  rerender({ file: undefined })
  expect(result.current).toMatchObject({ status: 'idle', url: undefined })
  expect(urls.open).toEqual([])
})

it('loads when it is told to where it does not by itself, once at a time', async () => {
  const file = new FakeFile('a')
  const { result } = renderHook(() => useFile(file, { autoLoad: false }))
  expect(result.current.status).toBe('idle')
  const { load } = result.current
  act(() => {
    load()
    load()
  })
  expect([result.current.status, file.loads.length]).toEqual(['loading', 1])
  await finish(file)
  act(() => load())
  expect([result.current.status, file.loads.length]).toEqual(['ready', 1])
  expect(result.current.load).toBe(load)
})

it('tells how far it is, and what went wrong; then it can be tried again', async () => {
  const file = new FakeFile('a')
  const { result } = renderHook(() => useFile(file))
  act(() => file.loads[0]?.options.onProgress?.({ done: 1, total: 2 }))
  expect(result.current.progress).toEqual({ done: 1, total: 2 })
  const error = new FirekeepError('FILE_UNAVAILABLE', 'nobody has it')
  await act(async () => file.loads[0]?.fail(error))
  expect(result.current).toMatchObject({ status: 'error', error, progress: undefined, url: undefined })
  act(() => result.current.load())
  await finish(file)
  expect(result.current).toMatchObject({ status: 'ready', error: undefined })
})

it('tries the object that came last, where the one before is of no use any more', async () => {
  const first = new FakeFile('a')
  const { result, rerender } = renderHook(({ file }) => useFile(file), { initialProps: { file: first } })
  // Attached anew while the first one loads.
  const moved = new FakeFile('a', 'a', 'image/png', 'another pack')
  rerender({ file: moved })
  expect(moved.loads).toEqual([])
  await act(async () => first.loads[0]?.fail(new FirekeepError('FILE_UNAVAILABLE', 'nobody has it')))
  expect([result.current.status, moved.loads.length]).toEqual(['loading', 1])
  await act(async () => moved.loads[0]?.fail(new FirekeepError('CLOSED', 'the database is closed')))
  expect(result.current.status).toBe('error')
  // Opened anew.
  const reopened = new FakeFile('a', 'a', 'image/png', 'another pack')
  rerender({ file: reopened })
  expect([result.current.status, reopened.loads.length]).toEqual(['loading', 1])
  await act(async () => reopened.loads[0]?.fail(new FirekeepError('FILE_UNAVAILABLE', 'nobody has it')))
  // Nothing says that this one has more.
  const same = new FakeFile('a', 'a', 'image/png', 'another pack')
  rerender({ file: same })
  expect([result.current.status, same.loads.length]).toEqual(['error', 0])
  act(() => result.current.load())
  await finish(same)
  expect(result.current.status).toBe('ready')
})

it.each([
  ['image/png', 'image/png'],
  ['audio/mpeg', 'audio/mpeg'],
  ['application/pdf', 'application/pdf'],
  ['image/svg+xml', 'application/octet-stream'],
  ['IMAGE/SVG+XML', 'application/octet-stream'],
  ['image/x+xml', 'application/octet-stream'],
  ['video/x+xml; charset=utf-8', 'application/octet-stream'],
  ['text/html', 'application/octet-stream'],
  ['text/html; charset=utf-8', 'application/octet-stream'],
  ['application/xhtml+xml', 'application/octet-stream'],
  ['text/xml', 'application/octet-stream'],
  ['', 'application/octet-stream'],
])('gives what is stored as %s a URL as %s', async (stored, shown) => {
  const file = new FakeFile('a', '<script>', stored)
  const { result } = renderHook(() => useFile(file))
  await finish(file)
  expect(urls.blobOf(result.current.url)?.type).toBe(shown)
  expect(result.current.file?.type).toBe(stored.toLowerCase())
})

it('shows nothing on a server', () => {
  const file = new FakeFile('a')
  const Probe = () => <p>{useFile(file).status}</p>
  expect(renderToString(<Probe />)).toBe('<p>idle</p>')
  expect(file.loads).toEqual([])
})

it('loads what a database has attached to a document, and keeps its URL while other fields change', async () => {
  const db = createWatchedDatabase()
  await db.put({
    _id: 'x',
    _files: { 'a.txt': new File(['Hello'], 'a.txt', { type: 'text/plain' }) },
  })
  const useAttached = () => useFile(useDocument('x').doc?._files?.['a.txt'] as StoredFile | undefined)
  const { result, unmount } = renderHookWith(db, useAttached)
  await settle(db)
  await waitFor(() => expect(result.current.status).toBe('ready'))
  expect(await result.current.file?.text()).toBe('Hello')
  const { url } = result.current
  await act(() => db.update('x', doc => ({ ...doc, title: 'changed' })))
  await settle(db)
  expect(result.current.url).toBe(url)
  unmount()
  expect([urls.created, urls.open]).toEqual([1, []])
})
