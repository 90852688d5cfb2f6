import { useSyncExternalStore } from 'react'
import { roomIdOf } from './route.js'

/** The room that the address names. */
export function useRoomId(): string | undefined {
  return useSyncExternalStore(subscribe, () => roomIdOf(location.hash))
}

function subscribe(listener: () => void): () => void {
  addEventListener('hashchange', listener)
  return () => removeEventListener('hashchange', listener)
}
