import { useSyncExternalStore } from 'react'
import { type Invitation, invitations } from './invitations.js'

/** The invitation that waits for an answer. */
export function useInvitation(): Invitation | undefined {
  return useSyncExternalStore(invitations.subscribe, invitations.getSnapshot)
}
