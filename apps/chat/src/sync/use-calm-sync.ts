import type { Database } from '@firekeep/core'
import { type SyncSummary, useSyncStatus } from '@firekeep/react'
import { useState } from 'react'
import { useNetwork } from '../device/use-network.js'
import { type CalmState, nextCalmState } from './calm-state.js'

/** How a database, or the nearest one, stands with its server, without the to and fro of trying. */
export function useCalmSync<D extends object>(
  database: Database<D> | undefined,
  isWaiting: boolean,
): { readonly sync: SyncSummary; readonly state: CalmState } {
  const sync = useSyncStatus(database)
  const hasNetwork = useNetwork()
  const [former, setFormer] = useState<CalmState>('starting')
  const state = nextCalmState(former, sync, { hasNetwork, isWaiting })
  if (state !== former) setFormer(state)
  return { sync, state }
}
