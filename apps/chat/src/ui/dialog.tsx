import { type ReactNode, useId } from 'react'
import { useModal } from './use-modal.js'

export interface DialogProps {
  readonly title: string
  readonly children: ReactNode
  /** Asked for by Escape or a click beside it. */
  readonly onClose: () => void
}

/** A question in front of the page. It is open as long as it is rendered; the focus returns where it was. */
export function Dialog({ title, children, onClose }: DialogProps) {
  const { dialog, onCancel, onClick } = useModal(onClose)
  const titleId = useId()
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape is the key; a dialog element brings it
    <dialog ref={dialog} className="dialog" aria-labelledby={titleId} onCancel={onCancel} onClick={onClick}>
      <div className="dialog-body">
        <h2 id={titleId}>{title}</h2>
        {children}
      </div>
    </dialog>
  )
}
