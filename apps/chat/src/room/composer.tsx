import type { Stored } from '@firekeep/core'
import { useFirekeep } from '@firekeep/react'
import { type FormEvent, type KeyboardEvent, type RefObject, useEffect, useMemo, useState } from 'react'
import { Composition } from '../data/composition.js'
import type { RoomDocument } from '../data/room-document.js'
import type { Person } from '../data/user-document.js'
import { Failure } from '../ui/failure.js'
import { Icon } from '../ui/icon.js'
import { ignore } from './ignore.js'

export interface ComposerProps {
  readonly title: string
  readonly person: Stored<Person>
  readonly field: RefObject<HTMLTextAreaElement | null>
  readonly text: string
  readonly onText: (text: string) => void
  readonly onSend: () => void
  /** Asked for by the arrow up in an empty field. */
  readonly onLeaveUp: () => void
}

const LONGEST = 10_000

/** Where messages are written. Enter sends, Shift and Enter begin a new line. */
export function Composer({ title, person, field, text, onText, onSend, onLeaveUp }: ComposerProps) {
  const database = useFirekeep<RoomDocument>()
  const composition = useMemo(() => new Composition(database, Date.now), [database])
  const [error, setError] = useState<unknown>()
  useEffect(() => {
    // Not where it would bring up a keyboard over half of the room.
    if (matchMedia('(pointer: fine)').matches) field.current?.focus()
  }, [field])
  useEffect(() => {
    const stop = () => void composition.stop().catch(ignore)
    addEventListener('pagehide', stop)
    return () => {
      removeEventListener('pagehide', stop)
      stop()
    }
  }, [composition])

  const type = (next: string) => {
    onText(next)
    // Only a sign for others: that it fails says nothing that sending will not say.
    if (next.trim() === '') composition.stop().catch(ignore)
    else composition.type(person).catch(ignore)
  }
  const send = (event: FormEvent) => {
    event.preventDefault()
    const message = text.trim()
    if (message === '') return
    setError(undefined)
    onText('')
    onSend()
    composition.send(person, message).catch(reason => {
      setError(reason)
      onText(message)
    })
  }
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    // Enter also ends the composition of a word in many languages.
    if (event.nativeEvent.isComposing) return
    if (event.key === 'Enter' && !event.shiftKey) send(event)
    if (event.key !== 'ArrowUp' || text !== '') return
    event.preventDefault()
    onLeaveUp()
  }
  return (
    <form className="composer" onSubmit={send}>
      {error !== undefined && <Failure title="The message was not sent" error={error} />}
      <div className="composer-box">
        <textarea
          ref={field}
          rows={1}
          value={text}
          maxLength={LONGEST}
          aria-label={`Message to ${title}`}
          placeholder={`Message to ${title}`}
          enterKeyHint="send"
          onChange={event => type(event.target.value)}
          onKeyDown={onKeyDown}
        />
        <button type="submit" className="send" aria-label="Send" title="Send" disabled={text.trim() === ''}>
          <Icon name="send" />
        </button>
      </div>
    </form>
  )
}
