import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { Icon } from '../ui/icon.js'
import { IconButton } from '../ui/icon-button.js'

export interface SearchFieldProps {
  readonly query: string
  readonly onQuery: (query: string) => void
  /** Asked for by Escape. */
  readonly onLeave: () => void
}

/** What to search for in the room. `/` goes there from anywhere but a field; a small screen shows it on demand. */
export function SearchField({ query, onQuery, onLeave }: SearchFieldProps) {
  const [isOpen, setOpen] = useState(false)
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => {
    if (isOpen) field.current?.focus()
  }, [isOpen])
  useEffect(() => {
    const open = (event: globalThis.KeyboardEvent) => {
      if (event.key !== '/' || isTyping(event.target)) return
      event.preventDefault()
      setOpen(true)
      field.current?.focus()
    }
    document.addEventListener('keydown', open)
    return () => document.removeEventListener('keydown', open)
  }, [])
  const leave = () => {
    onQuery('')
    setOpen(false)
    onLeave()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') leave()
  }
  return (
    <search className="search" data-open={isOpen || query !== '' || undefined}>
      <IconButton className="search-open" icon="search" label="Search" onClick={() => setOpen(true)} />
      <div className="search-box">
        <Icon name="search" />
        <input
          ref={field}
          value={query}
          placeholder="Search this room"
          aria-label="Search this room"
          aria-keyshortcuts="/"
          autoComplete="off"
          enterKeyHint="search"
          onChange={event => onQuery(event.target.value)}
          onKeyDown={onKeyDown}
          onBlur={() => setOpen(false)}
        />
        <IconButton className="search-close" icon="close" label="End the search" onClick={leave} />
      </div>
    </search>
  )
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('input, textarea, dialog, [role=menu]') !== null
}
