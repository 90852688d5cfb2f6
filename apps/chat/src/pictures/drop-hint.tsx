import { Icon } from '../ui/icon.js'
import { useFileDrop } from './use-file-drop.js'

/** Takes pictures that are dropped on the page, and says so while they are held over it. */
export function DropHint({ onFiles }: { readonly onFiles: (files: readonly File[]) => void }) {
  const isOver = useFileDrop(onFiles)
  if (!isOver) return null
  return (
    <p className="drop-hint">
      <Icon name="picture" />
      Drop pictures to add them
    </p>
  )
}
