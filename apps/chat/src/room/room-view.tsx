import type { Database, Stored } from '@firekeep/core'
import { FirekeepProvider } from '@firekeep/react'
import { type Dispatch, type SetStateAction, useRef, useState } from 'react'
import type { RoomDocument } from '../data/room-document.js'
import type { Person, Room } from '../data/user-document.js'
import { useWaitingMessages } from '../sync/use-waiting-messages.js'
import { WaitingContext } from '../sync/waiting-context.js'
import { Conversation } from './conversation.js'
import { RoomHeader } from './room-header.js'
import type { Unsent } from './unsent.js'

export interface RoomPageProps {
  readonly room: Stored<Room>
  readonly person: Stored<Person>
  readonly unsent: Unsent
  readonly onUnsent: Dispatch<SetStateAction<Unsent>>
}

export interface RoomViewProps extends RoomPageProps {
  readonly database: Database<RoomDocument>
  /** What one may do here; `undefined` until it is known. */
  readonly permission: 'read' | 'write' | undefined
}

/** A room that is open: its header, which changes what is on the list, and what is said in it. */
export function RoomView({ database, room, person, permission, unsent, onUnsent }: RoomViewProps) {
  const [query, setQuery] = useState('')
  const waiting = useWaitingMessages(database, person._id)
  const field = useRef<HTMLTextAreaElement>(null)
  return (
    <main className="room">
      <RoomHeader
        room={room}
        database={database}
        permission={permission}
        waiting={waiting.size}
        query={query}
        onQuery={setQuery}
        onLeaveSearch={() => field.current?.focus()}
      />
      <FirekeepProvider database={database}>
        <WaitingContext value={waiting}>
          <Conversation
            title={room.title}
            person={person}
            permission={permission}
            query={query}
            onSearchEnd={() => setQuery('')}
            field={field}
            unsent={unsent}
            onUnsent={onUnsent}
          />
        </WaitingContext>
      </FirekeepProvider>
    </main>
  )
}
