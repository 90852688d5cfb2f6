import { useSyncExternalStore } from 'react'
import { type KnownServer, syncServer } from './sync-server.js'

/** The server beside the page; `undefined` before anything is known of it. */
export function useSyncServer(): KnownServer | undefined {
  return useSyncExternalStore(syncServer.subscribe, syncServer.getSnapshot)
}
