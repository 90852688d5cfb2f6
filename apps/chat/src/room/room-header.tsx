import type { Stored } from '@firekeep/core'
import type { Room } from '../data/user-document.js'
import { hashOf } from '../device/route.js'
import { RoomMenu } from '../rooms/room-menu.js'
import { Icon } from '../ui/icon.js'
import { SearchField } from './search-field.js'

export interface RoomHeaderProps {
  readonly room: Stored<Room>
  readonly query: string
  readonly onQuery: (query: string) => void
  readonly onLeaveSearch: () => void
}

/** The name of the room, its search and its menu. */
export function RoomHeader({ room, query, onQuery, onLeaveSearch }: RoomHeaderProps) {
  return (
    <header className="room-header">
      <a className="icon-button back" href={hashOf(undefined)} aria-label="All rooms" title="All rooms">
        <Icon name="back" />
      </a>
      <h1>{room.title}</h1>
      <SearchField query={query} onQuery={onQuery} onLeave={onLeaveSearch} />
      <RoomMenu room={room} />
    </header>
  )
}
