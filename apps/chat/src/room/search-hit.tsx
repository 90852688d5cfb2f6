import type { Stored } from '@firekeep/core'
import type { Message } from '../data/room-document.js'
import { piecesOf } from '../data/words-of.js'
import { formatDay, formatTime } from '../device/formats.js'
import { useNow } from '../device/use-now.js'
import { Monogram } from '../ui/monogram.js'

export interface SearchHitProps {
  readonly message: Stored<Message>
  /** What is marked: words that begin like one of these. */
  readonly words: readonly string[]
  readonly onChoose: (message: Stored<Message>) => void
}

const MINUTE = 60_000

/** A message that was found; choosing it goes to where it was said. */
export function SearchHit({ message, words, onChoose }: SearchHitProps) {
  const now = useNow(MINUTE)
  return (
    <button type="button" className="hit" onClick={() => onChoose(message)}>
      <Monogram name={message.name} seed={message.author} />
      <span className="hit-body">
        <span className="hit-head">
          <b>{message.name}</b>
          <time dateTime={new Date(message.at).toISOString()}>
            {formatDay(message.at, now)}, {formatTime(message.at)}
          </time>
        </span>
        <span className="hit-text">
          {piecesOf(message.text).map(({ text, word }, index) => {
            const isMarked = word !== undefined && words.some(each => word.startsWith(each))
            return isMarked ? <mark key={index}>{text}</mark> : text
          })}
        </span>
      </span>
    </button>
  )
}
