import type { Stored } from '@firekeep/core'
import { indexWords } from '../data/index-words.js'
import { matchingMessages } from '../data/matching-messages.js'
import type { Message } from '../data/room-document.js'
import { useRoomQuery } from '../data/room-hooks.js'
import { wordsOf } from '../data/words-of.js'
import { Failure } from '../ui/failure.js'
import { SearchHit } from './search-hit.js'
import { TimelineSkeleton } from './timeline-skeleton.js'

export interface SearchResultsProps {
  readonly query: string
  readonly onChoose: (message: Stored<Message>) => void
}

const READ = 1_000
const SHOWN = 100

/** The messages with words that begin like those asked for. */
export function SearchResults({ query, onChoose }: SearchResultsProps) {
  const words = [...wordsOf(query)].sort((a, b) => b.length - a.length)
  const [longest = '', ...others] = words
  const found = useRoomQuery(indexWords, { prefix: longest, limit: longest === '' ? 0 : READ })
  const messages = matchingMessages(found.docs, others)
  const isEmpty = found.hydrated && longest !== '' && messages.length === 0
  return (
    <section className="search-results" aria-label="Search results">
      <p className="search-count" role="status">
        {messages.length > 0 && countText(messages.length, found.docs.length >= READ)}
      </p>
      {found.error && <Failure title="The search failed" error={found.error} />}
      {!found.hydrated && !found.error && <TimelineSkeleton />}
      {isEmpty && (
        <div className="empty" role="status">
          <p className="empty-title">Nothing about “{query.trim()}”.</p>
          <p>The search finds words by how they begin, in this room.</p>
        </div>
      )}
      <ol className="hits">
        {messages.slice(0, SHOWN).map(message => (
          <li key={message._id}>
            <SearchHit message={message} words={words} onChoose={onChoose} />
          </li>
        ))}
      </ol>
    </section>
  )
}

function countText(count: number, isPart: boolean): string {
  if (isPart || count > SHOWN)
    return `More than ${Math.min(count, SHOWN)} messages; add a word to narrow it down`
  return count === 1 ? '1 message' : `${count} messages`
}
