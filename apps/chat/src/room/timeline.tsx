import type { Stored } from '@firekeep/core'
import type { KeyboardEvent } from 'react'
import type { Message } from '../data/room-document.js'
import { Failure } from '../ui/failure.js'
import { Announcer } from './announcer.js'
import { DayList } from './day-list.js'
import { EmptyRoom } from './empty-room.js'
import { NewerBar } from './newer-bar.js'
import { focusBeside, focusedMessage, moveMessageFocus } from './timeline-focus.js'
import { TimelineSkeleton } from './timeline-skeleton.js'
import { NEWEST, PAGE, type TimelineView } from './timeline-view.js'
import { useTimeline } from './use-timeline.js'
import { useTimelineScroll } from './use-timeline-scroll.js'

export interface TimelineProps {
  readonly title: string
  readonly personId: string
  readonly view: TimelineView
  readonly onView: (view: TimelineView) => void
  /** Asked for a page of later messages than the last one shown. */
  readonly onNewer: (last: Stored<Message>) => void
  readonly onDelete: (message: Stored<Message>) => void
  /** Asked for by Escape. */
  readonly onLeave: () => void
}

/**
 * The messages of a view. The scroller is reversed by its style sheet: its origin is the end, so that it begins
 * at the newest message and stays there when messages come, fonts load or the window changes, without a script.
 */
export function Timeline(props: TimelineProps) {
  const { title, personId, view, onView, onNewer, onDelete, onLeave } = props
  const { messages, hasOlder, newerCount, hydrated, error } = useTimeline(view)
  const { scroller, onScroll } = useTimelineScroll({ view, onView, messages, newerCount })
  const newest = messages.at(-1)

  const remove = (message: Stored<Message>) => {
    if (scroller.current && !focusBeside(scroller.current, message._id)) onLeave()
    onDelete(message)
  }
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const id = focusedMessage(event.target)
    const own = messages.find(each => each._id === id && each.author === personId)
    if (event.key === 'Escape') onLeave()
    else if (event.key === 'Delete' && own) remove(own)
    else if (!moveMessageFocus(event.currentTarget, event.key)) return
    event.preventDefault()
  }
  return (
    <div className="timeline-frame">
      <section
        ref={scroller}
        className="timeline"
        aria-label="Messages"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        onScroll={onScroll}
        onKeyDown={onKeyDown}
      >
        <div className="timeline-inner">
          {error && <Failure title="The messages cannot be read" error={error} />}
          {!hydrated && !error && <TimelineSkeleton />}
          {hydrated && messages.length === 0 && <EmptyRoom title={title} />}
          {hasOlder && <OlderButton onClick={() => onView({ ...view, limit: view.limit + PAGE })} />}
          <DayList messages={messages} personId={personId} onDelete={remove} />
        </div>
      </section>
      {newest && newerCount > 0 && (
        <NewerBar count={newerCount} onNewer={() => onNewer(newest)} onNewest={() => onView(NEWEST)} />
      )}
      <Announcer message={newest?.author === personId ? undefined : newest} />
    </div>
  )
}

function OlderButton({ onClick }: { readonly onClick: () => void }) {
  return (
    <button type="button" className="button older" onClick={onClick}>
      Load older messages
    </button>
  )
}
