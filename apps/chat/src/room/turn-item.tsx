import type { Stored } from '@firekeep/core'
import type { Message } from '../data/room-document.js'
import type { Turn } from '../data/timeline-days.js'
import { Monogram } from '../ui/monogram.js'
import { MessageItem } from './message-item.js'

export interface TurnItemProps {
  readonly turn: Turn
  readonly isOwn: boolean
  readonly onDelete: (message: Stored<Message>) => void
}

/** What one person said in a row. */
export function TurnItem({ turn, isOwn, onDelete }: TurnItemProps) {
  return (
    <li className="turn" data-own={isOwn || undefined}>
      {!isOwn && <Monogram name={turn.name} seed={turn.author} />}
      <div className="turn-body">
        <h4 className={isOwn ? 'visually-hidden' : 'turn-name'}>{turn.name}</h4>
        <ol className="messages">
          {turn.messages.map(message => (
            <MessageItem key={message._id} message={message} isOwn={isOwn} onDelete={onDelete} />
          ))}
        </ol>
      </div>
    </li>
  )
}
