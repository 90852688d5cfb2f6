import { equalValues } from '../../primitives/equal-values.js'
import type { StatusEvent } from './status-event.js'
import type { PauseReason, SyncFacts, SyncProgress, SyncState, SyncStatus } from './sync-status.js'

type StateKind = SyncState['state']
type EventKind = StatusEvent['kind']
type ErrorState = Extract<SyncState, { state: 'error' }>

/**
 * The status after an event: the same object where nothing changes.
 *
 * `TRANSITIONS` decides the state, with two exceptions: while one reason to pause is left, `resumed` leaves it
 * paused, and after `detached` nothing changes any more. A pause ends only by `resumed`, an error only by a new try:
 * what a person has to act on is not hidden by a connection that comes and goes.
 */
export function advanceStatus(status: SyncStatus, event: StatusEvent): SyncStatus {
  if (status.state === 'offline' && status.isDetached) return status
  const next = { ...stateAfter(status, event), ...factsAfter(status, event) }
  return equalValues(status, next) ? status : next
}

/** What each event makes of each state. */
export const TRANSITIONS: Readonly<Record<StateKind, Readonly<Record<EventKind, StateKind>>>> = {
  offline: {
    connect: 'connecting',
    // Nothing is tried, so whoever says this speaks of a connection that was lost since.
    progress: 'offline',
    'caught-up': 'offline',
    lost: 'offline',
    paused: 'paused',
    resumed: 'offline',
    failed: 'error',
    detached: 'offline',
    pending: 'offline',
    acked: 'offline',
    verified: 'offline',
    role: 'offline',
  },
  connecting: {
    connect: 'connecting',
    progress: 'catching-up',
    'caught-up': 'live',
    lost: 'offline',
    paused: 'paused',
    resumed: 'connecting',
    failed: 'error',
    detached: 'offline',
    pending: 'connecting',
    acked: 'connecting',
    verified: 'connecting',
    role: 'connecting',
  },
  'catching-up': {
    connect: 'connecting',
    progress: 'catching-up',
    'caught-up': 'live',
    lost: 'offline',
    paused: 'paused',
    resumed: 'catching-up',
    failed: 'error',
    detached: 'offline',
    pending: 'catching-up',
    acked: 'catching-up',
    verified: 'catching-up',
    role: 'catching-up',
  },
  live: {
    connect: 'connecting',
    progress: 'catching-up',
    'caught-up': 'live',
    lost: 'offline',
    paused: 'paused',
    resumed: 'live',
    failed: 'error',
    detached: 'offline',
    pending: 'live',
    acked: 'live',
    verified: 'live',
    role: 'live',
  },
  paused: {
    connect: 'paused',
    progress: 'paused',
    'caught-up': 'paused',
    lost: 'paused',
    paused: 'paused',
    resumed: 'connecting',
    failed: 'error',
    detached: 'offline',
    pending: 'paused',
    acked: 'paused',
    verified: 'paused',
    role: 'paused',
  },
  error: {
    connect: 'connecting',
    progress: 'error',
    'caught-up': 'error',
    lost: 'error',
    paused: 'error',
    resumed: 'error',
    failed: 'error',
    detached: 'offline',
    pending: 'error',
    acked: 'error',
    verified: 'error',
    role: 'error',
  },
}

function stateAfter(status: SyncStatus, event: StatusEvent): SyncState {
  const reasons = reasonsAfter(status, event)
  const isStillPaused = event.kind === 'resumed' && reasons.length > 0
  const state = isStillPaused ? 'paused' : TRANSITIONS[status.state][event.kind]
  switch (state) {
    case 'connecting':
    case 'live':
      return { state }
    case 'catching-up':
      return { state, progress: progressAfter(status, event) }
    case 'offline':
      return { state, isDetached: event.kind === 'detached', ...retryAfter(status, event, state) }
    case 'paused':
      return { state, reasons, ...retryAfter(status, event, state) }
    case 'error':
      return { state, ...errorAfter(status, event), ...retryAfter(status, event, state) }
  }
}

function reasonsAfter(status: SyncStatus, event: StatusEvent): readonly PauseReason[] {
  const before = status.state === 'paused' ? status.reasons : []
  if (event.kind === 'paused') return [...new Set([...before, event.reason])].sort()
  if (event.kind === 'resumed') return before.filter(reason => reason !== event.reason)
  return before
}

function progressAfter(status: SyncStatus, event: StatusEvent): SyncProgress {
  const before = status.state === 'catching-up' ? status.progress : { done: 0, total: 0 }
  if (event.kind !== 'progress') return before
  const done = Math.max(before.done, event.done)
  return { done, total: Math.max(before.total, event.total, done) }
}

function errorAfter(status: SyncStatus, event: StatusEvent): Pick<ErrorState, 'code' | 'message'> {
  const { code, message } = event.kind === 'failed' ? event : (status as ErrorState)
  return { code, message }
}

/** A state that lasts keeps its next try until an event decides otherwise. */
function retryAfter(status: SyncStatus, event: StatusEvent, state: StateKind): { retryAt?: number } {
  const before = status.state === state && 'retryAt' in status ? status.retryAt : undefined
  const retryAt = nextTry(event, state, before)
  return retryAt === undefined ? {} : { retryAt }
}

function nextTry(event: StatusEvent, state: StateKind, before: number | undefined): number | undefined {
  switch (event.kind) {
    case 'failed':
      return event.retryAt
    case 'lost':
    case 'paused':
      if (state === 'error') return before
      return state === 'paused' ? (event.retryAt ?? before) : event.retryAt
    case 'resumed':
      return state === 'paused' ? undefined : before
    case 'detached':
      return undefined
    default:
      return before
  }
}

function factsAfter(status: SyncStatus, event: StatusEvent): SyncFacts {
  const { pending, acked, verified, role } = status
  const facts: SyncFacts = { pending, acked, ...(verified === undefined ? {} : { verified }), role }
  switch (event.kind) {
    case 'pending':
      return { ...facts, pending: event.count }
    case 'acked':
      return { ...facts, acked: [...event.clock] }
    case 'verified':
      return { ...facts, verified: event.isRight }
    case 'role':
      return { ...facts, role: event.role }
    default:
      return facts
  }
}
