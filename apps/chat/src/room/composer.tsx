import type { Stored } from '@firekeep/core'
import { type Dispatch, type FormEvent, type RefObject, type SetStateAction, useEffect } from 'react'
import type { Person } from '../data/user-document.js'
import { AttachButton } from '../pictures/attach-button.js'
import { DropHint } from '../pictures/drop-hint.js'
import { PendingList } from '../pictures/pending-list.js'
import { usePendingPictures } from '../pictures/use-pending-pictures.js'
import { Icon } from '../ui/icon.js'
import { ComposerField } from './composer-field.js'
import { ComposerNotes } from './composer-notes.js'
import { joinUnsent, NOTHING_UNSENT, type Unsent } from './unsent.js'
import { useComposition } from './use-composition.js'

export interface ComposerProps {
  readonly title: string
  readonly person: Stored<Person>
  readonly field: RefObject<HTMLTextAreaElement | null>
  readonly unsent: Unsent
  readonly onUnsent: Dispatch<SetStateAction<Unsent>>
  readonly onSend: () => void
  /** Asked for by the arrow up in an empty field. */
  readonly onLeaveUp: () => void
}

/** Where messages are made: of words, pictures that are chosen, pasted or dropped, or both. */
export function Composer({ title, person, field, unsent, onUnsent, onSend, onLeaveUp }: ComposerProps) {
  const { type, send, error, storing } = useComposition(person, back =>
    onUnsent(since => joinUnsent(back, since)),
  )
  const { text, pictures } = unsent
  const { add, remove, problems, forgetProblems } = usePendingPictures(pictures, change =>
    onUnsent(former => ({ ...former, pictures: change(former.pictures) })),
  )
  useEffect(() => focusUnlessTouched(field.current), [field])

  const message = text.trim()
  const isReady = pictures.every(({ prepared }) => prepared !== undefined)
  const canSend = isReady && (message !== '' || pictures.length > 0)
  const submit = () => {
    if (!canSend) return
    onUnsent(NOTHING_UNSENT)
    forgetProblems()
    onSend()
    send({ text: message, pictures })
  }
  const onSubmit = (event: FormEvent) => {
    event.preventDefault()
    submit()
  }
  const onType = (typed: string) => {
    onUnsent(former => ({ ...former, text: typed }))
    type(typed)
  }
  const addFiles = (files: readonly File[]) => {
    add(files)
    focusUnlessTouched(field.current)
  }
  const removePicture = (key: string) => {
    remove(key)
    focusUnlessTouched(field.current)
  }
  const label = `Message to ${title}`
  return (
    <form className="composer" onSubmit={onSubmit}>
      <ComposerNotes error={error} problems={problems} storing={storing} />
      <DropHint onFiles={addFiles} />
      <div className="composer-box">
        {pictures.length > 0 && <PendingList pictures={pictures} onRemove={removePicture} />}
        <ComposerField {...{ label, field, text, onType, onLeaveUp }} onFiles={addFiles} onEnter={submit} />
        <AttachButton onFiles={addFiles} />
        <button type="submit" className="send" aria-label="Send" title="Send" disabled={!canSend}>
          <Icon name="send" />
        </button>
      </div>
    </form>
  )
}

/** Not where it would bring up a keyboard over half of the room. */
function focusUnlessTouched(field: HTMLElement | null): void {
  if (matchMedia('(pointer: fine)').matches) field?.focus()
}
