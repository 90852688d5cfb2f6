import type { SyncSummary } from '@firekeep/react'

/** What is shown of the state: `starting` before anything is known. */
export type CalmState = 'starting' | SyncSummary['state']

export interface Circumstances {
  /** What the browser believes. */
  readonly hasNetwork: boolean
  /** Whether a change is on this device alone. */
  readonly isWaiting: boolean
}

/**
 * The state to show after another one. Who is offline tries again every few seconds, and that is no news; nor is it
 * that nothing was tried yet. A connection that broke silently is noticed late; what waits tells it at once.
 */
export function nextCalmState(
  former: CalmState,
  sync: SyncSummary,
  { hasNetwork, isWaiting }: Circumstances,
): CalmState {
  if (sync.state === 'live') return !hasNetwork && isWaiting ? 'offline' : 'live'
  if (sync.state === 'connecting') return former === 'offline' ? 'offline' : 'connecting'
  if (sync.state !== 'offline' || (former !== 'starting' && former !== 'local')) return sync.state
  return sync.retryAt !== undefined || !hasNetwork ? 'offline' : 'starting'
}
