import type { Stored } from '@firekeep/core'
import { useFirekeep } from '@firekeep/react'
import { type Dispatch, type RefObject, type SetStateAction, useEffect, useRef, useState } from 'react'
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
import { NEWEST, type TimelineView, viewAround, viewWithNewer } from './timeline-view.js'
import { UndoNotice } from './undo-notice.js'
import type { Unsent } from './unsent.js'
import { useDeletion } from './use-deletion.js'

export interface ConversationProps {
  readonly title: string
  readonly person: Stored<Person>
  /** What one may do here; `undefined` until it is known. */
  readonly permission: 'read' | 'write' | undefined
  readonly query: string
  readonly onSearchEnd: () => void
  readonly field: RefObject<HTMLTextAreaElement | null>
  readonly unsent: Unsent
  readonly onUnsent: Dispatch<SetStateAction<Unsent>>
}

/** What is said in a room, or what was found in it, and the place to say more. Key it by the room. */
export function Conversation(props: ConversationProps) {
  const { title, person, permission, query, onSearchEnd, field, unsent, onUnsent } = props
  const database = useFirekeep<RoomDocument>()
  const [view, setView] = useState<TimelineView>(NEWEST)
  const [error, setError] = useState<unknown>()
  const { isUndoable, remove, undo, forget } = useDeletion(setError)
  const root = useRef<HTMLDivElement>(null)
  useEffect(() => {
    // Only tidying: whatever keeps it from working shows where messages are read.
    sweepDrafts(database, Date.now()).catch(ignore)
  }, [database])

  const focusField = () => field.current?.focus()
  const goTo = (message: Stored<Message>) => {
    onSearchEnd()
    viewAround(database, message).then(setView, setError)
  }
  const showNewer = (last: Stored<Message>) => {
    viewWithNewer(database, view, last).then(setView, setError)
  }
  const showNewest = () => {
    onSearchEnd()
    setView(NEWEST)
  }
  const takeBack = () => {
    undo()
    focusField()
  }
  const timeline = {
    title,
    view,
    personId: person._id,
    onView: setView,
    onNewer: showNewer,
    onDelete: remove,
  }
  const composer = { title, person, field, unsent, onUnsent, onSend: showNewest }
  return (
    <div className="conversation" ref={root}>
      {query.trim() === '' ? (
        <Timeline {...timeline} onLeave={focusField} />
      ) : (
        <SearchResults query={query} onChoose={goTo} />
      )}
      {isUndoable && <UndoNotice text="Message deleted." onUndo={takeBack} onEnd={forget} />}
      {error !== undefined && <Failure title="That did not work" error={error} />}
      <ComposingNote />
      {permission === 'write' && (
        <Composer {...composer} onLeaveUp={() => root.current && focusLastMessage(root.current)} />
      )}
      {permission === 'read' && (
        <p className="composer-closed">
          You can read this room. To write in it, ask for an invitation that lets you.
        </p>
      )}
    </div>
  )
}
