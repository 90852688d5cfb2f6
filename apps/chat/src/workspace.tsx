import type { Stored } from '@firekeep/core'
import { type SetStateAction, useState } from 'react'
import type { Person, Room } from './data/user-document.js'
import { useRoomId } from './device/use-room-id.js'
import { RoomPage } from './room/room-page.js'
import { NOTHING_UNSENT, type Unsent } from './room/unsent.js'
import { NoRoom } from './rooms/no-room.js'
import { Sidebar } from './rooms/sidebar.js'

export interface WorkspaceProps {
  readonly rooms: readonly Stored<Room>[]
  readonly person: Stored<Person>
  readonly people: readonly Stored<Person>[]
}

/** The rooms beside the one that is open. What is half-written in a room stays while another is open. */
export function Workspace({ rooms, person, people }: WorkspaceProps) {
  const [unsentByRoom, setUnsentByRoom] = useState<Readonly<Record<string, Unsent>>>({})
  const roomId = useRoomId()
  const room = rooms.find(({ _id }) => _id === roomId)
  const setUnsent = (id: string, change: SetStateAction<Unsent>) => {
    setUnsentByRoom(former => ({ ...former, [id]: changed(former[id] ?? NOTHING_UNSENT, change) }))
  }
  return (
    <div className="workspace" data-in-room={room !== undefined || undefined}>
      <Sidebar rooms={rooms} roomId={roomId} person={person} people={people} />
      {room ? (
        <RoomPage
          key={room._id}
          room={room}
          person={person}
          unsent={unsentByRoom[room._id] ?? NOTHING_UNSENT}
          onUnsent={change => setUnsent(room._id, change)}
        />
      ) : (
        <NoRoom hasRooms={rooms.length > 0} isGone={roomId !== undefined} />
      )}
    </div>
  )
}

function changed(unsent: Unsent, change: SetStateAction<Unsent>): Unsent {
  return typeof change === 'function' ? change(unsent) : change
}
