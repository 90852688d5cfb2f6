import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from 'react'

export interface MenuProps {
  readonly label: string
  readonly trigger: ReactNode
  readonly className: string
  readonly side: 'up' | 'down'
  readonly children: ReactNode
}

/**
 * A button that opens a menu. Its children are {@link MenuItem}s; arrows, Home and End move among them, Escape
 * closes and returns the focus, and so does choosing.
 */
export function Menu({ label, trigger, className, side, children }: MenuProps) {
  const [isOpen, setOpen] = useState(false)
  const root = useRef<HTMLDivElement>(null)
  const button = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    if (!isOpen) return
    itemsOf(root.current)[0]?.focus()
    const closeBeside = (event: Event) => {
      if (event.target instanceof Node && !root.current?.contains(event.target)) setOpen(false)
    }
    document.addEventListener('pointerdown', closeBeside)
    document.addEventListener('focusin', closeBeside)
    return () => {
      document.removeEventListener('pointerdown', closeBeside)
      document.removeEventListener('focusin', closeBeside)
    }
  }, [isOpen])
  const close = () => {
    setOpen(false)
    button.current?.focus()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') close()
    else if (!moveFocus(itemsOf(root.current), event.key)) return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <div className="menu" ref={root}>
      <button
        ref={button}
        type="button"
        className={className}
        aria-label={label}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      >
        {trigger}
      </button>
      {isOpen && (
        <div
          role="menu"
          tabIndex={-1}
          aria-label={label}
          className="menu-list"
          data-side={side}
          onKeyDown={onKeyDown}
          onClick={close}
        >
          {children}
        </div>
      )}
    </div>
  )
}

function itemsOf(root: HTMLElement | null): readonly HTMLElement[] {
  return Array.from(root?.querySelectorAll<HTMLElement>('[role^=menuitem]') ?? [])
}

function moveFocus(items: readonly HTMLElement[], key: string): boolean {
  const at = items.findIndex(item => item.matches(':focus'))
  const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[key]
  if (next === undefined) return false
  items.at(next % items.length)?.focus()
  return true
}
