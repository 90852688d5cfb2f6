import { deleteDatabase, type Stored } from '@firekeep/core'
import { useFirekeep } from '@firekeep/react'
import { useState } from 'react'
import type { Room, UserDocument } from '../data/user-document.js'
import { hashOf } from '../device/route.js'
import { Dialog } from '../ui/dialog.js'
import { Failure } from '../ui/failure.js'

export interface LeaveDialogProps {
  readonly room: Stored<Room>
  readonly onClose: () => void
}

/** Takes a room off the list and its messages off the device. */
export function LeaveDialog({ room, onClose }: LeaveDialogProps) {
  const database = useFirekeep<UserDocument>()
  const [error, setError] = useState<unknown>()
  const leave = async () => {
    try {
      // Off the list first: every tab goes out of the room before its data goes.
      await database.del(room._id)
      location.hash = hashOf(undefined)
      await deleteDatabase(room.database)
      onClose()
    } catch (reason) {
      setError(reason)
    }
  }
  return (
    <Dialog title={`Leave “${room.title}”?`} onClose={onClose}>
      <p>
        Its messages and its key are deleted from this device.{' '}
        {room.link === undefined
          ? 'They are kept nowhere else.'
          : 'The others keep theirs. Only an invitation lets you back in: copy one first if you may want to return.'}
      </p>
      <div className="actions">
        {/* biome-ignore lint/a11y/noAutofocus: the harmless answer comes first */}
        <button type="button" className="button" autoFocus onClick={onClose}>
          Stay
        </button>
        <button type="button" className="button button-grave" onClick={leave}>
          Leave and delete
        </button>
      </div>
      {error !== undefined && <Failure title="The room was not deleted" error={error} />}
    </Dialog>
  )
}
