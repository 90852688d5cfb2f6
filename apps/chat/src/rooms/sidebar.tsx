import type { Stored } from '@firekeep/core'
import { useState } from 'react'
import type { Person, Room } from '../data/user-document.js'
import { hashOf } from '../device/route.js'
import { PersonMenu } from '../people/person-menu.js'
import { SyncNote } from '../sync/sync-note.js'
import { IconButton } from '../ui/icon-button.js'
import { Mark } from '../ui/mark.js'
import { NewRoomDialog } from './new-room-dialog.js'

export interface SidebarProps {
  readonly rooms: readonly Stored<Room>[]
  readonly roomId: string | undefined
  readonly person: Stored<Person>
  readonly people: readonly Stored<Person>[]
}

/** The list of rooms, and who is here. */
export function Sidebar({ rooms, roomId, person, people }: SidebarProps) {
  const [isMaking, setMaking] = useState(false)
  return (
    <aside className="sidebar">
      <header className="brand">
        <Mark />
        <span>Firekeep</span>
        <SyncNote />
      </header>
      <nav className="rooms" aria-labelledby="rooms-title">
        <div className="rooms-head">
          <h2 id="rooms-title">Rooms</h2>
          <IconButton icon="plus" label="New room" onClick={() => setMaking(true)} />
        </div>
        <ul>
          {rooms.map(room => (
            <li key={room._id}>
              <a
                className="room-link"
                href={hashOf(room._id)}
                aria-current={room._id === roomId ? 'page' : undefined}
              >
                {room.title}
              </a>
            </li>
          ))}
        </ul>
        {rooms.length === 0 && <p className="rooms-empty">No rooms yet. Make one with +.</p>}
      </nav>
      <PersonMenu person={person} people={people} />
      {isMaking && <NewRoomDialog onClose={() => setMaking(false)} />}
    </aside>
  )
}
