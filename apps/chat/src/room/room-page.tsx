import type { Stored } from '@firekeep/core'
import { FirekeepProvider, useFirekeep } from '@firekeep/react'
import { type Dispatch, type SetStateAction, useRef, useState } from 'react'
import type { RoomDocument } from '../data/room-document.js'
import type { Person, Room } from '../data/user-document.js'
import { usePageTitle } from '../device/use-page-title.js'
import { Conversation } from './conversation.js'
import { RoomHeader } from './room-header.js'

export interface RoomPageProps {
  readonly room: Stored<Room>
  readonly person: Stored<Person>
  readonly text: string
  readonly onText: Dispatch<SetStateAction<string>>
}

/** A room: its own database, and everything that happens in it. Key it by the room. */
export function RoomPage({ room, person, text, onText }: RoomPageProps) {
  const database = useFirekeep<RoomDocument>(room.database)
  const [query, setQuery] = useState('')
  const field = useRef<HTMLTextAreaElement>(null)
  usePageTitle(room.title)
  return (
    <main className="room">
      <RoomHeader room={room} query={query} onQuery={setQuery} onLeaveSearch={() => field.current?.focus()} />
      <FirekeepProvider database={database}>
        <Conversation
          title={room.title}
          person={person}
          query={query}
          onSearchEnd={() => setQuery('')}
          field={field}
          text={text}
          onText={onText}
        />
      </FirekeepProvider>
    </main>
  )
}
