import type { Clock } from '@firekeep/core'
import { type SyncSummary, useSyncStatus } from '@firekeep/react'
import { useState } from 'react'
import { useOffice } from '../data/office-hooks.js'
import { useNetwork } from '../device/use-network.js'
import { useClock } from '../office/use-clock.js'
import { type CalmState, nextCalmState } from './calm-state.js'

export interface CalmSync {
  readonly sync: SyncSummary
  readonly state: CalmState
  /** Whether something is on this device alone. */
  readonly isWaiting: boolean
}

/** How the office stands with its server, without the to and fro of trying. */
export function useCalmSync(): CalmSync {
  const sync = useSyncStatus(useOffice())
  const hasNetwork = useNetwork()
  const [former, setFormer] = useState<CalmState>('starting')
  const clock = useClock()
  const isWaiting = clock !== undefined && isAhead(clock, sync)
  const state = nextCalmState(former, sync, { hasNetwork, isWaiting })
  if (state !== former) setFormer(state)
  return { sync, state, isWaiting }
}

/** Whether this device has what the server is not known to have. Before anything is known of it, nothing is said. */
function isAhead(clock: Clock, sync: SyncSummary): boolean {
  if (sync.state === 'local' || sync.acked.length === 0) return false
  return clock.some(cid => !sync.acked.includes(cid))
}
