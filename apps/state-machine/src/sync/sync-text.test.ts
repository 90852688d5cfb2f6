import type { SyncSummary } from '@firekeep/react'
import { expect, test } from 'vitest'
import { syncText } from './sync-text.js'

const FACTS = { pending: 0, acked: [], role: 'leader', remote: 'r', remotes: [] } as const
const OFFLINE: SyncSummary = { ...FACTS, state: 'offline', isDetached: false }

test('what is well is said in few words, and before anything is known nothing', () => {
  expect(syncText({ ...FACTS, state: 'live' }, 'live', true)?.text).toBe('Up to date')
  expect(syncText({ state: 'local', remotes: [] }, 'local', true)?.text).toBe('On this device only')
  expect(syncText(OFFLINE, 'starting', true)).toBeUndefined()
})

test('who is offline hears that something waits', () => {
  expect(syncText(OFFLINE, 'offline', false)?.text).toBe('Offline')
  expect(syncText(OFFLINE, 'offline', true)?.text).toBe('Offline · changes wait')
})

test('catching up tells how far it is, and never that it is done', () => {
  const at = (done: number, total: number) =>
    syncText({ ...FACTS, state: 'catching-up', progress: { done, total } }, 'catching-up', true)
  expect(at(1, 4)).toEqual({ text: 'Catching up', detail: '25 %', isGrave: false })
  expect(at(4, 4)?.detail).toBe('99 %')
  expect(at(0, 0)?.detail).toBeUndefined()
})

test('a pause and an error come with their reason', () => {
  const paused: SyncSummary = { ...FACTS, state: 'paused', reasons: ['too-large'] }
  expect(syncText(paused, 'paused', true)?.text).toBe(
    'Something is larger than the server takes · changes wait',
  )
  const failed: SyncSummary = { ...FACTS, state: 'error', code: 'GONE', message: 'm' }
  expect(syncText(failed, 'error', false)).toEqual({
    text: 'Deleted on the server; it is on this device only',
    isGrave: true,
  })
  expect(syncText({ ...failed, code: 'INTERNAL' }, 'error', false)?.text).toBe('m')
})
