import type { Stored } from '@firekeep/core'
import { type SetStateAction, useState } from 'react'
import type { Person, Room } from './data/user-document.js'
import { useRoomId } from './device/use-room-id.js'
import { RoomPage } from './room/room-page.js'
import { NoRoom } from './rooms/no-room.js'
import { Sidebar } from './rooms/sidebar.js'

export interface WorkspaceProps {
  readonly rooms: readonly Stored<Room>[]
  readonly person: Stored<Person>
  readonly people: readonly Stored<Person>[]
}

/** The rooms beside the one that is open. What is half-written in a room stays while another is open. */
export function Workspace({ rooms, person, people }: WorkspaceProps) {
  const [textByRoom, setTextByRoom] = useState<Readonly<Record<string, string>>>({})
  const roomId = useRoomId()
  const room = rooms.find(({ _id }) => _id === roomId)
  const setText = (id: string, change: SetStateAction<string>) => {
    setTextByRoom(former => ({ ...former, [id]: changed(former[id] ?? '', change) }))
  }
  return (
    <div className="workspace" data-in-room={room !== undefined || undefined}>
      <Sidebar rooms={rooms} roomId={roomId} person={person} people={people} />
      {room ? (
        <RoomPage
          key={room._id}
          room={room}
          person={person}
          text={textByRoom[room._id] ?? ''}
          onText={change => setText(room._id, change)}
        />
      ) : (
        <NoRoom hasRooms={rooms.length > 0} isGone={roomId !== undefined} />
      )}
    </div>
  )
}

function changed(text: string, change: SetStateAction<string>): string {
  return typeof change === 'function' ? change(text) : change
}
