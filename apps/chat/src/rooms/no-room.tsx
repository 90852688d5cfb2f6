import { useState } from 'react'
import { usePageTitle } from '../device/use-page-title.js'
import { NewRoomDialog } from './new-room-dialog.js'

export interface NoRoomProps {
  readonly hasRooms: boolean
  /** The address names a room that this device does not have. */
  readonly isGone: boolean
}

/** Beside the list, while no room is open. */
export function NoRoom({ hasRooms, isGone }: NoRoomProps) {
  const [isMaking, setMaking] = useState(false)
  usePageTitle()
  return (
    <main className="no-room">
      <div className="empty">
        <p className="empty-title">{isGone ? 'This room is not on this device.' : 'No room is open.'}</p>
        <p>
          {hasRooms
            ? 'Choose one from the list, or make a new one.'
            : 'Make one: its key and its messages stay with you.'}
        </p>
        <button type="button" className="button button-primary" onClick={() => setMaking(true)}>
          New room
        </button>
      </div>
      {isMaking && <NewRoomDialog onClose={() => setMaking(false)} />}
    </main>
  )
}
