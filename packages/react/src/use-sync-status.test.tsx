import { createTestDatabase, MemoryRemote, SwitchableRemote } from '@firekeep/core/testing'
import { act } from '@testing-library/react'
import { expect, it } from 'vitest'
import { renderHookWith } from '../test/render-hook-with.js'
import { useSyncStatus } from './use-sync-status.js'

it('is local while nothing is attached, and follows what is', async () => {
  const db = createTestDatabase()
  const { result, rerender } = renderHookWith(db, () => useSyncStatus())
  expect(result.current).toEqual({ state: 'local', remotes: [] })
  const before = result.current
  rerender()
  expect(result.current).toBe(before)
  const attachment = db.attach(new MemoryRemote('here'))
  await act(() => attachment.synced())
  expect(result.current).toMatchObject({ state: 'live', pending: 0, remote: 'here' })
  await act(() => attachment.detach())
  expect(result.current.state).toBe('local')
  await db.close()
})

it('shows the remote that needs most attention, with what waits for it', async () => {
  const db = createTestDatabase()
  const broken = new SwitchableRemote(new MemoryRemote('broken'))
  const { result } = renderHookWith(db, () => useSyncStatus())
  const attachments = [db.attach(new MemoryRemote('fine')), db.attach(broken)]
  await act(async () => {
    for (const attachment of attachments) await attachment.synced()
  })
  expect(result.current.state).toBe('live')
  act(() => broken.switch(false))
  expect(result.current).toMatchObject({ state: 'offline', remote: 'broken' })
  expect(result.current.remotes.map(({ remote, state }) => [remote, state])).toEqual([
    ['fine', 'live'],
    ['broken', 'offline'],
  ])
  await act(() => db.close())
})
