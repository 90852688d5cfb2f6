import { useEffect } from 'react'

export interface UndoNoticeProps {
  readonly text: string
  readonly onUndo: () => void
  readonly onEnd: () => void
}

const SHOWN_FOR = 8_000

/** Says what was done, for a while, and takes it back. */
export function UndoNotice({ text, onUndo, onEnd }: UndoNoticeProps) {
  useEffect(() => {
    const timer = setTimeout(onEnd, SHOWN_FOR)
    return () => clearTimeout(timer)
  }, [onEnd])
  return (
    <div className="notice" role="status">
      {text}
      <button type="button" className="notice-action" onClick={onUndo}>
        Undo
      </button>
    </div>
  )
}
