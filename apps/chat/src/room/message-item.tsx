import type { Stored } from '@firekeep/core'
import { use } from 'react'
import type { Message } from '../data/room-document.js'
import { formatTime } from '../device/formats.js'
import { MessagePictures } from '../pictures/message-pictures.js'
import { WaitingContext } from '../sync/waiting-context.js'
import { Icon } from '../ui/icon.js'
import { IconButton } from '../ui/icon-button.js'
import { MessageText } from './message-text.js'

export interface MessageItemProps {
  readonly message: Stored<Message>
  readonly isOwn: boolean
  readonly onDelete: (message: Stored<Message>) => void
}

/** One message. The arrow keys of the timeline bring the focus here; Delete deletes an own one. */
export function MessageItem({ message, isOwn, onDelete }: MessageItemProps) {
  const isWaiting = use(WaitingContext).has(message._id) && isOwn
  return (
    <li className="message" data-message={message._id} data-waiting={isWaiting || undefined} tabIndex={-1}>
      <div className="message-body">
        <MessagePictures message={message} />
        {message.text !== '' && <MessageText text={message.text} />}
      </div>
      <span className="message-foot">
        <time dateTime={new Date(message.at).toISOString()}>{formatTime(message.at)}</time>
        {isWaiting && (
          <span className="message-waiting" title="Not sent yet">
            <Icon name="clock" />
            <span className="visually-hidden">Not sent yet</span>
          </span>
        )}
        {isOwn && (
          <IconButton
            className="message-delete"
            icon="trash"
            label="Delete message"
            onClick={() => onDelete(message)}
          />
        )}
      </span>
    </li>
  )
}
