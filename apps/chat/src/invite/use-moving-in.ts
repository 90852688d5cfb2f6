import { useState } from 'react'
import type { WholeInvitation } from '../device/invitations.js'
import { moveIn } from './move-in.js'

/** Begins to use this device as another one of a user's, and tells how that goes. */
export function useMovingIn(invitation: WholeInvitation) {
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>()
  const begin = () => {
    setBusy(true)
    setError(undefined)
    moveIn(invitation).catch(reason => {
      setBusy(false)
      setError(reason)
    })
  }
  return { isBusy, error, begin }
}
