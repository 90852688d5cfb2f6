import type { Stored } from '@firekeep/core'
import type { Room } from '../data/user-document.js'
import { RoomMenu } from '../rooms/room-menu.js'
import { Failure } from '../ui/failure.js'
import { BackLink } from './back-link.js'
import { TimelineSkeleton } from './timeline-skeleton.js'

export interface RoomOpeningProps {
  readonly room: Stored<Room>
  readonly error?: unknown
}

/** A room while its database is opened, or why it cannot be. */
export function RoomOpening({ room, error }: RoomOpeningProps) {
  return (
    <main className="room">
      <header className="room-header">
        <BackLink />
        <div className="room-name">
          <h1>{room.title}</h1>
        </div>
        <RoomMenu room={room} />
      </header>
      <div className="room-opening">
        {error === undefined ? (
          <TimelineSkeleton />
        ) : (
          <Failure title="The room cannot be opened" error={error} />
        )}
      </div>
    </main>
  )
}
