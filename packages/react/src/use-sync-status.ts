import type { AnyDocument, Database, RemoteStatus } from '@firekeep/core'
import { useMemo, useSyncExternalStore } from 'react'
import { useDatabase } from './use-database.js'

/**
 * How a database stands with the remotes it is attached to: everything that {@link RemoteStatus} says of the one that
 * needs most attention, and all of them in `remotes`. `local` when it is attached to none.
 */
export type SyncSummary =
  | { readonly state: 'local'; readonly remotes: readonly RemoteStatus[] }
  | (RemoteStatus & { readonly remotes: readonly RemoteStatus[] })

/**
 * Whether changes reach others at this moment, and what waits for it. Redraws when that changes; in every tab, also in
 * those that leave the exchange to another.
 *
 * @example
 * ```tsx
 * const sync = useSyncStatus()
 * if (sync.state === 'offline' && sync.pending > 0) return <p>{sync.pending} changes wait for a connection</p>
 * ```
 */
export function useSyncStatus<D extends object = AnyDocument>(database?: Database<D>): SyncSummary {
  const { syncStatus } = useDatabase(database)
  const remotes = useSyncExternalStore(
    listener => syncStatus.subscribe(listener),
    () => syncStatus.getSnapshot(),
    noRemotes,
  )
  return useMemo(() => summarize(remotes), [remotes])
}

const NONE: readonly RemoteStatus[] = []

function noRemotes(): readonly RemoteStatus[] {
  return NONE
}

/** What needs most attention comes first. */
const URGENCY = ['error', 'paused', 'offline', 'connecting', 'catching-up', 'live'] as const

function summarize(remotes: readonly RemoteStatus[]): SyncSummary {
  for (const state of URGENCY) {
    const remote = remotes.find(each => each.state === state)
    if (remote !== undefined) return { ...remote, remotes }
  }
  return { state: 'local', remotes }
}
