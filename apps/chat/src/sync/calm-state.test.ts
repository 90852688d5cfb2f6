import type { SyncSummary } from '@firekeep/react'
import { expect, test } from 'vitest'
import { nextCalmState } from './calm-state.js'

const FACTS = { pending: 0, acked: [], role: 'leader', remote: 'r', remotes: [] } as const
const OFFLINE: SyncSummary = { ...FACTS, state: 'offline', isDetached: false }
const REFUSED: SyncSummary = { ...OFFLINE, retryAt: 1 }
const CONNECTING: SyncSummary = { ...FACTS, state: 'connecting' }
const LIVE: SyncSummary = { ...FACTS, state: 'live' }

const CONNECTED = { hasNetwork: true, isWaiting: false }

test('before the first try nothing is said', () => {
  expect(nextCalmState('starting', OFFLINE, CONNECTED)).toBe('starting')
  expect(nextCalmState('starting', CONNECTING, CONNECTED)).toBe('connecting')
})

test('without a network it is offline from the beginning', () => {
  expect(nextCalmState('starting', OFFLINE, { hasNetwork: false, isWaiting: false })).toBe('offline')
  expect(nextCalmState('starting', REFUSED, CONNECTED)).toBe('offline')
})

test('trying again is still offline, until it is live', () => {
  expect(nextCalmState('offline', CONNECTING, CONNECTED)).toBe('offline')
  expect(nextCalmState('offline', LIVE, CONNECTED)).toBe('live')
  expect(nextCalmState('live', CONNECTING, CONNECTED)).toBe('connecting')
  expect(nextCalmState('live', OFFLINE, CONNECTED)).toBe('offline')
})

test('a message that waits tells that the network is gone, before the connection does', () => {
  expect(nextCalmState('live', LIVE, { hasNetwork: false, isWaiting: true })).toBe('offline')
  expect(nextCalmState('offline', LIVE, { hasNetwork: false, isWaiting: false })).toBe('live')
  expect(nextCalmState('live', LIVE, { hasNetwork: true, isWaiting: true })).toBe('live')
})
