import type { Stored } from '@firekeep/core'
import { useFirekeep } from '@firekeep/react'
import { type KeyboardEvent, useEffect, useRef } from 'react'
import type { Message, RoomDocument } from '../data/room-document.js'
import { timelineDays } from '../data/timeline-days.js'
import { formatDay } from '../device/formats.js'
import { useNow } from '../device/use-now.js'
import { Failure } from '../ui/failure.js'
import { Announcer } from './announcer.js'
import { EmptyRoom } from './empty-room.js'
import { NewerBar } from './newer-bar.js'
import { focusBeside, focusedMessage, focusMessage, moveMessageFocus } from './timeline-focus.js'
import { TimelineSkeleton } from './timeline-skeleton.js'
import { NEWEST, PAGE, type TimelineView, viewWithNewer } from './timeline-view.js'
import { TurnItem } from './turn-item.js'
import { useTimeline } from './use-timeline.js'

export interface TimelineProps {
  readonly title: string
  readonly personId: string
  readonly view: TimelineView
  readonly onView: (view: TimelineView) => void
  readonly onDelete: (message: Stored<Message>) => void
  /** Asked for by Escape. */
  readonly onLeave: () => void
}

const MINUTE = 60_000

/** So near to the end, in pixels, one is at the end. */
const END_MARGIN = 48

/**
 * The messages of a view. The scroller is reversed by its style sheet: its origin is the end, so that it begins
 * at the newest message and stays there when messages come, fonts load or the window changes, without a script.
 */
export function Timeline({ title, personId, view, onView, onDelete, onLeave }: TimelineProps) {
  const database = useFirekeep<RoomDocument>()
  const { messages, hasOlder, newerCount, hydrated, error } = useTimeline(view)
  const now = useNow(MINUTE)
  const scroller = useRef<HTMLElement>(null)
  const newest = messages.at(-1)
  const { until, target } = view

  useEffect(() => {
    if (until === undefined && target === undefined) scroller.current?.scrollTo({ top: 0 })
  }, [until, target])
  useEffect(() => {
    if (target === undefined || !scroller.current) return
    // Those of the former view stay until it is there; then it is found among the new ones.
    if (messages.length > 0 && focusMessage(scroller.current, target)) onView({ ...view, target: undefined })
  }, [target, messages, onView, view])

  const remove = (message: Stored<Message>) => {
    if (scroller.current && !focusBeside(scroller.current, message._id)) onLeave()
    onDelete(message)
  }
  const onScroll = () => {
    const isAtEnd = Math.abs(scroller.current?.scrollTop ?? 0) < END_MARGIN
    if (!isAtEnd && until === undefined && newest) onView({ ...view, until: newest.at })
    if (isAtEnd && until !== undefined && newerCount < PAGE && target === undefined) onView(NEWEST)
  }
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const id = focusedMessage(event.target)
    const own = messages.find(each => each._id === id && each.author === personId)
    if (event.key === 'Escape') onLeave()
    else if (event.key === 'Delete' && own) remove(own)
    else if (!moveMessageFocus(event.currentTarget, event.key)) return
    event.preventDefault()
  }
  const showNewer = async () => {
    if (newest) onView(await viewWithNewer(database, view, newest))
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
          {hasOlder && (
            <button
              type="button"
              className="button older"
              onClick={() => onView({ ...view, limit: view.limit + PAGE })}
            >
              Load older messages
            </button>
          )}
          <ol className="days">
            {timelineDays(messages).map(day => (
              <li key={day.turns[0]?.messages[0]._id} className="day">
                <h3 className="day-title">{formatDay(day.at, now)}</h3>
                <ol className="turns">
                  {day.turns.map(turn => (
                    <TurnItem
                      key={turn.messages[0]._id}
                      turn={turn}
                      isOwn={turn.author === personId}
                      onDelete={remove}
                    />
                  ))}
                </ol>
              </li>
            ))}
          </ol>
        </div>
      </section>
      {newerCount > 0 && <NewerBar count={newerCount} onNewer={showNewer} onNewest={() => onView(NEWEST)} />}
      <Announcer message={newest?.author === personId ? undefined : newest} />
    </div>
  )
}
