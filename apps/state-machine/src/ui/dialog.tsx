import { type MouseEvent, type ReactNode, useEffect, useId, useRef } from 'react'

export interface DialogProps {
  readonly title: string
  readonly children: ReactNode
  /** Asked for by Escape or a click beside it. */
  readonly onClose: () => void
}

/** A question in front of the page. It is open as long as it is rendered; the focus returns where it was. */
export function Dialog({ title, children, onClose }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  const beganBeside = useRef(false)
  const titleId = useId()
  useEffect(() => {
    const element = dialog.current
    if (!element?.open) element?.showModal()
    return () => element?.close()
  }, [])
  const press = (event: MouseEvent) => {
    beganBeside.current = event.target === event.currentTarget
  }
  // Text that is marked up to beside the dialog is no wish to close it.
  const closeBeside = (event: MouseEvent) => {
    if (beganBeside.current && event.target === event.currentTarget) onClose()
  }
  const cancel = (event: { preventDefault(): void }) => {
    event.preventDefault()
    onClose()
  }
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape is the key; a dialog element brings it
    <dialog
      ref={dialog}
      className="dialog"
      aria-labelledby={titleId}
      onCancel={cancel}
      onMouseDown={press}
      onClick={closeBeside}
    >
      <div className="dialog-body">
        <h2 id={titleId}>{title}</h2>
        {children}
      </div>
    </dialog>
  )
}
