import type { SyncSummary } from '@firekeep/react'
import { expect, test } from 'vitest'
import { syncText } from './sync-text.js'

const FACTS = { pending: 3, acked: [], role: 'leader', remote: 'r', remotes: [] } as const
const LIVE: SyncSummary = { ...FACTS, state: 'live' }

test('while all is well, or there is no server, nothing is said', () => {
  expect(syncText(LIVE, 'live', 1)).toBeUndefined()
  expect(syncText({ state: 'local', remotes: [] }, 'local', 0)).toBeUndefined()
  expect(syncText(LIVE, 'starting', 0)).toBeUndefined()
})

test('who is offline hears how many messages wait', () => {
  expect(syncText(LIVE, 'offline', 0)?.text).toBe('Offline')
  expect(syncText(LIVE, 'offline', 1)?.text).toBe('Offline · 1 message waits for a connection')
  expect(syncText(LIVE, 'offline', 2)?.text).toBe('Offline · 2 messages wait for a connection')
})

test('catching up tells how far it is, and never that it is done', () => {
  const at = (done: number, total: number) =>
    syncText({ ...FACTS, state: 'catching-up', progress: { done, total } }, 'catching-up', 0)
  expect(at(1, 4)).toEqual({ text: 'Catching up', detail: '25 %', isGrave: false })
  expect(at(4, 4)?.detail).toBe('99 %')
  expect(at(0, 0)?.detail).toBeUndefined()
})

test('a pause and an error come with their reason', () => {
  const paused: SyncSummary = { ...FACTS, state: 'paused', reasons: ['too-large'] }
  expect(syncText(paused, 'paused', 1)?.text).toBe(
    'A message is larger than the server takes · 1 message waits to be sent',
  )
  const failed: SyncSummary = { ...FACTS, state: 'error', code: 'GONE', message: 'm' }
  expect(syncText(failed, 'error', 0)).toEqual({
    text: 'Deleted on the server; it is on this device only',
    isGrave: true,
  })
  expect(syncText({ ...failed, code: 'INTERNAL' }, 'error', 0)?.text).toBe('m')
})
