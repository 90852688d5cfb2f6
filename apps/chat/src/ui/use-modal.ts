import { type MouseEvent, useLayoutEffect, useRef } from 'react'

/** A dialog element in front of the page as long as it is rendered; Escape or a click beside it asks to close it. */
export function useModal(onClose: () => void) {
  const dialog = useRef<HTMLDialogElement>(null)
  // Before it leaves the page: only from there it gives the focus back.
  useLayoutEffect(() => {
    const element = dialog.current
    if (!element?.open) element?.showModal()
    return () => element?.close()
  }, [])
  const onClick = (event: MouseEvent) => {
    if (event.target === event.currentTarget) onClose()
  }
  const onCancel = (event: { preventDefault(): void }) => {
    event.preventDefault()
    onClose()
  }
  return { dialog, onCancel, onClick }
}
