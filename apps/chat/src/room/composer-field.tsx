import type { ClipboardEvent, KeyboardEvent, RefObject } from 'react'
import { pastedFiles } from '../pictures/pasted-files.js'

export interface ComposerFieldProps {
  readonly label: string
  readonly field: RefObject<HTMLTextAreaElement | null>
  readonly text: string
  readonly onType: (text: string) => void
  readonly onFiles: (files: readonly File[]) => void
  readonly onEnter: () => void
  /** Asked for by the arrow up in an empty field. */
  readonly onLeaveUp: () => void
}

const LONGEST = 10_000

/** The words of a message. Enter sends, Shift and Enter begin a new line; pictures can be pasted. */
export function ComposerField(props: ComposerFieldProps) {
  const { label, field, text, onType, onFiles, onEnter, onLeaveUp } = props
  const onKeyDown = (event: KeyboardEvent) => {
    // Enter also ends the composition of a word in many languages.
    if (event.nativeEvent.isComposing) return
    const isEnter = event.key === 'Enter' && !event.shiftKey
    const isLeaving = event.key === 'ArrowUp' && text === ''
    if (isEnter || isLeaving) event.preventDefault()
    if (isEnter) onEnter()
    if (isLeaving) onLeaveUp()
  }
  const onPaste = (event: ClipboardEvent) => {
    const files = pastedFiles(event.clipboardData)
    if (files.length === 0) return
    event.preventDefault()
    onFiles(files)
  }
  return (
    <textarea
      ref={field}
      rows={1}
      value={text}
      maxLength={LONGEST}
      aria-label={label}
      placeholder={label}
      enterKeyHint="send"
      onChange={event => onType(event.target.value)}
      onKeyDown={onKeyDown}
      onPaste={onPaste}
    />
  )
}
