import type { Database, Stored } from '@firekeep/core'
import { useState } from 'react'
import type { RoomDocument } from '../data/room-document.js'
import type { Room } from '../data/user-document.js'
import { InviteDialog } from '../invite/invite-dialog.js'
import { RoomMenu } from '../rooms/room-menu.js'
import { SyncNote } from '../sync/sync-note.js'
import { IconButton } from '../ui/icon-button.js'
import { BackLink } from './back-link.js'
import { SearchField } from './search-field.js'

export interface RoomHeaderProps {
  readonly room: Stored<Room>
  readonly database: Database<RoomDocument>
  readonly permission: 'read' | 'write' | undefined
  /** How many messages are on this device alone. */
  readonly waiting: number
  readonly query: string
  readonly onQuery: (query: string) => void
  readonly onLeaveSearch: () => void
}

/** The name of the room and how it stands with the others, its search, the way to invite somebody, and its menu. */
export function RoomHeader(props: RoomHeaderProps) {
  const { room, database, permission, waiting, query, onQuery, onLeaveSearch } = props
  const [isInviting, setInviting] = useState(false)
  return (
    <header className="room-header">
      <BackLink />
      <div className="room-name">
        <h1>{room.title}</h1>
        <SyncNote database={database} waiting={waiting} />
      </div>
      <SearchField query={query} onQuery={onQuery} onLeave={onLeaveSearch} />
      {room.link !== undefined && permission !== undefined && (
        <IconButton icon="invite" label="Invite" onClick={() => setInviting(true)} />
      )}
      <RoomMenu room={room} />
      {isInviting && room.link !== undefined && permission !== undefined && (
        <InviteDialog
          title={room.title}
          link={room.link}
          database={database}
          permission={permission}
          onClose={() => setInviting(false)}
        />
      )}
    </header>
  )
}
