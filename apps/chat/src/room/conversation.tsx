import type { Stored } from '@firekeep/core'
import { useFirekeep } from '@firekeep/react'
import { type RefObject, useEffect, useRef, useState } from 'react'
import type { Message, RoomDocument } from '../data/room-document.js'
import { sweepDrafts } from '../data/sweep-drafts.js'
import type { Person } from '../data/user-document.js'
import { Failure } from '../ui/failure.js'
import { Composer } from './composer.js'
import { ComposingNote } from './composing-note.js'
import { ignore } from './ignore.js'
import { SearchResults } from './search-results.js'
import { Timeline } from './timeline.js'
import { focusLastMessage } from './timeline-focus.js'
import { NEWEST, type TimelineView, viewAround } from './timeline-view.js'
import { UndoNotice } from './undo-notice.js'

export interface ConversationProps {
  readonly title: string
  readonly person: Stored<Person>
  readonly query: string
  readonly onSearchEnd: () => void
  readonly field: RefObject<HTMLTextAreaElement | null>
  readonly text: string
  readonly onText: (text: string) => void
}

/** What is said in a room, or what was found in it, and the place to say more. Key it by the room. */
export function Conversation({ title, person, query, onSearchEnd, field, text, onText }: ConversationProps) {
  const database = useFirekeep<RoomDocument>()
  const [view, setView] = useState<TimelineView>(NEWEST)
  const [deleted, setDeleted] = useState<Stored<Message>>()
  const [error, setError] = useState<unknown>()
  const root = useRef<HTMLDivElement>(null)
  useEffect(() => {
    // Only tidying: whatever keeps it from working shows where messages are read.
    sweepDrafts(database, Date.now()).catch(ignore)
  }, [database])

  const remove = (message: Stored<Message>) => {
    setDeleted(message)
    database.del(message._id).catch(setError)
  }
  const undo = (message: Stored<Message>) => {
    setDeleted(undefined)
    database.put(message).catch(setError)
    field.current?.focus()
  }
  const goTo = (message: Stored<Message>) => {
    onSearchEnd()
    viewAround(database, message).then(setView, setError)
  }
  return (
    <div className="conversation" ref={root}>
      {query.trim() === '' ? (
        <Timeline
          title={title}
          personId={person._id}
          view={view}
          onView={setView}
          onDelete={remove}
          onLeave={() => field.current?.focus()}
        />
      ) : (
        <SearchResults query={query} onChoose={goTo} />
      )}
      {deleted && (
        <UndoNotice
          text="Message deleted."
          onUndo={() => undo(deleted)}
          onEnd={() => setDeleted(undefined)}
        />
      )}
      {error !== undefined && <Failure title="That did not work" error={error} />}
      <ComposingNote />
      <Composer
        title={title}
        person={person}
        field={field}
        text={text}
        onText={onText}
        onSend={() => {
          onSearchEnd()
          setView(NEWEST)
        }}
        onLeaveUp={() => root.current && focusLastMessage(root.current)}
      />
    </div>
  )
}
