import type { Stored } from '@firekeep/core'
import {
  type Dispatch,
  type FormEvent,
  type KeyboardEvent,
  type RefObject,
  type SetStateAction,
  useEffect,
} from 'react'
import type { Person } from '../data/user-document.js'
import { Failure } from '../ui/failure.js'
import { Icon } from '../ui/icon.js'
import { useComposition } from './use-composition.js'

export interface ComposerProps {
  readonly title: string
  readonly person: Stored<Person>
  readonly field: RefObject<HTMLTextAreaElement | null>
  readonly text: string
  readonly onText: Dispatch<SetStateAction<string>>
  readonly onSend: () => void
  /** Asked for by the arrow up in an empty field. */
  readonly onLeaveUp: () => void
}

const LONGEST = 10_000

/** Where messages are written. Enter sends, Shift and Enter begin a new line. */
export function Composer({ title, person, field, text, onText, onSend, onLeaveUp }: ComposerProps) {
  const putBack = (unsent: string) => onText(since => (since === '' ? unsent : `${unsent}\n${since}`))
  const { type, send, error } = useComposition(person, putBack)
  const message = text.trim()
  useEffect(() => {
    // Not where it would bring up a keyboard over half of the room.
    if (matchMedia('(pointer: fine)').matches) field.current?.focus()
  }, [field])

  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (message === '') return
    onText('')
    onSend()
    send(message)
  }
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    // Enter also ends the composition of a word in many languages.
    if (event.nativeEvent.isComposing) return
    if (event.key === 'Enter' && !event.shiftKey) submit(event)
    if (event.key !== 'ArrowUp' || text !== '') return
    event.preventDefault()
    onLeaveUp()
  }
  return (
    <form className="composer" onSubmit={submit}>
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
          onChange={event => {
            onText(event.target.value)
            type(event.target.value)
          }}
          onKeyDown={onKeyDown}
        />
        <button type="submit" className="send" aria-label="Send" title="Send" disabled={message === ''}>
          <Icon name="send" />
        </button>
      </div>
    </form>
  )
}
