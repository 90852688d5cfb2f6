import type { Stored } from '@firekeep/core'
import type { Message } from '../data/room-document.js'
import { timelineDays } from '../data/timeline-days.js'
import { formatDay } from '../device/formats.js'
import { useNow } from '../device/use-now.js'
import { TurnItem } from './turn-item.js'

export interface DayListProps {
  readonly messages: readonly Stored<Message>[]
  readonly personId: string
  readonly onDelete: (message: Stored<Message>) => void
}

const MINUTE = 60_000

/** Messages under the days they were sent on. */
export function DayList({ messages, personId, onDelete }: DayListProps) {
  const now = useNow(MINUTE)
  return (
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
                onDelete={onDelete}
              />
            ))}
          </ol>
        </li>
      ))}
    </ol>
  )
}
