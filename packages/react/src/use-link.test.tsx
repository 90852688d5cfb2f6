import { type Database, firekeep } from '@firekeep/core'
import { openLink, shareLink } from '@firekeep/core/share'
import { createMemorySpace, MemoryRemote } from '@firekeep/core/testing'
import { act, render, renderHook } from '@testing-library/react'
import { StrictMode } from 'react'
import { renderToString } from 'react-dom/server'
import { expect, it } from 'vitest'
import { useLink } from './use-link.js'

const SERVER = 'https://sync.example'

/** A link to a database with one document, and a device that has nothing, with the server of the link. */
async function createLink() {
  const remote = new MemoryRemote(SERVER)
  const db = firekeep('todos', { storage: createMemorySpace() })
  await db.put({ _id: 'a', text: 'bread' })
  const attachment = db.attach(remote)
  await attachment.synced()
  const link = await shareLink(db, { url: SERVER, permission: 'write', page: 'https://app.example/' })
  await db.close()
  return { link, device: { storage: createMemorySpace(), remote: () => remote } }
}

/** Lets what was begun go on until a condition holds. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await act(() => new Promise<void>(resolve => setTimeout(resolve, 0)))
}

it('opens the database of the link, attached to its server', async () => {
  const { link, device } = await createLink()
  const { result, unmount } = renderHook(() => useLink(link, { ...device, name: 'of a friend' }), {
    reactStrictMode: true,
  })
  expect(result.current).toEqual({ database: undefined, hydrated: false, error: undefined })
  await until(() => result.current.hydrated)
  const database = result.current.database as Database
  expect(database.name).toBe('of a friend')
  await until(() => database.syncStatus.getSnapshot()[0]?.state === 'live')
  expect(await database.get('a')).toEqual({ _id: 'a', text: 'bread' })
  unmount()
})

it('all components share one database, which keeps its identity, and so does the result', async () => {
  const { link, device } = await createLink()
  const found: ReturnType<typeof useLink>[] = []
  function Part() {
    found.push(useLink(link, { ...device }))
    return null
  }
  const page = (
    <StrictMode>
      <Part />
      <Part />
    </StrictMode>
  )
  const { rerender, unmount } = render(page)
  await until(() => found.at(-1)?.hydrated === true)
  const first = found.at(-1)
  rerender(<StrictMode>{[<Part key="1" />, <Part key="2" />]}</StrictMode>)
  const databases = new Set(found.filter(each => each.hydrated).map(({ database }) => database))
  expect([...databases]).toEqual([first?.database])
  unmount()
})

it('the same result is returned until something changes', async () => {
  const { link, device } = await createLink()
  const { result, rerender, unmount } = renderHook(() => useLink(link, { ...device }))
  await until(() => result.current.hydrated)
  const before = result.current
  rerender()
  expect(result.current).toBe(before)
  unmount()
})

it('it is the engine that the link opens elsewhere', async () => {
  const { link, device } = await createLink()
  const { result, unmount } = renderHook(() => useLink(link, device))
  await until(() => result.current.hydrated)
  const other = await openLink(link, device)
  await other.put({ _id: 'b' })
  expect(await result.current.database?.has('b')).toBe(true)
  await other.close()
  unmount()
})

it('a damaged link is an error with a code, and another link takes its place', async () => {
  const { link, device } = await createLink()
  const { result, rerender, unmount } = renderHook(({ text }) => useLink(text, device), {
    initialProps: { text: link.slice(0, -3) },
  })
  await until(() => result.current.error !== undefined)
  expect(result.current).toMatchObject({
    database: undefined,
    hydrated: false,
    error: { code: 'INVALID_OPTION' },
  })
  rerender({ text: link })
  expect(result.current.error).toBeUndefined()
  await until(() => result.current.hydrated)
  unmount()
})

it('without a link, and on a server, nothing is opened', async () => {
  const { link, device } = await createLink()
  const { result } = renderHook(() => useLink(undefined, device))
  expect(result.current).toEqual({ database: undefined, hydrated: false, error: undefined })
  function State() {
    return <p>{String(useLink(link, device).hydrated)}</p>
  }
  expect(renderToString(<State />)).toBe('<p>false</p>')
})
