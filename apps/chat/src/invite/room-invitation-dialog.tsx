import type { Stored } from '@firekeep/core'
import { useFirekeep } from '@firekeep/react'
import { useEffect, useState } from 'react'
import type { Room, UserDocument } from '../data/user-document.js'
import type { WholeInvitation } from '../device/invitations.js'
import { hashOf } from '../device/route.js'
import { Dialog } from '../ui/dialog.js'
import { Failure } from '../ui/failure.js'
import { findInvitedRoom, isNothingNew, openInvitedRoom } from './join-room.js'
import { ServerLine } from './server-line.js'

export interface RoomInvitationDialogProps {
  readonly invitation: WholeInvitation
  readonly rooms: readonly Stored<Room>[]
  readonly onClose: () => void
}

/** Adds the room of an invitation to the list; one that is on it already is just opened. */
export function RoomInvitationDialog({ invitation, rooms, onClose }: RoomInvitationDialogProps) {
  const database = useFirekeep<UserDocument>()
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>()
  const { info, link } = invitation
  const known = findInvitedRoom(rooms, invitation)
  const isDone = !isBusy && known !== undefined && isNothingNew(known, invitation)
  const knownId = known?._id
  useEffect(() => {
    if (!isDone || knownId === undefined) return
    location.hash = hashOf(knownId)
    onClose()
  }, [isDone, knownId, onClose])
  const join = () => {
    setBusy(true)
    openInvitedRoom(invitation)
      .then(room => database.put(known === undefined ? room : { ...known, link }))
      .then(
        ({ id }) => {
          location.hash = hashOf(id)
          onClose()
        },
        reason => {
          setBusy(false)
          setError(reason)
        },
      )
  }
  if (isDone) return null
  const title = info.title ?? 'a room'
  return (
    <Dialog title={`Join “${title}”?`} onClose={onClose}>
      <p>{introduction(known !== undefined, info.permission)}</p>
      <ServerLine server={info.server} />
      <div className="actions">
        <button type="button" className="button" onClick={onClose}>
          Not now
        </button>
        <button type="button" className="button button-primary" disabled={isBusy} onClick={join}>
          Join
        </button>
      </div>
      {error !== undefined && <Failure title="The room cannot be opened" error={error} />}
    </Dialog>
  )
}

function introduction(isKnown: boolean, permission: 'read' | 'write'): string {
  if (isKnown) return 'You have this room already, to read. This invitation lets you write in it, too.'
  return permission === 'write'
    ? 'You were invited to this room. It comes onto your list, with everything that was said in it.'
    : 'You were invited to read this room. It comes onto your list, with everything that was said in it.'
}
