import { Icon } from '../ui/icon.js'
import { PAGE } from './timeline-view.js'

export interface NewerBarProps {
  readonly count: number
  readonly onNewer: () => void
  readonly onNewest: () => void
}

/** Over the end of a timeline that does not show the newest messages: how many there are, and the ways there. */
export function NewerBar({ count, onNewer, onNewest }: NewerBarProps) {
  const isFar = count >= PAGE
  return (
    <div className="newer-bar">
      {isFar && (
        <button type="button" className="button" onClick={onNewer}>
          Show newer
        </button>
      )}
      <button type="button" className="button button-primary" onClick={onNewest}>
        <Icon name="down" />
        {isFar ? 'Newest messages' : `${count} newer ${count === 1 ? 'message' : 'messages'}`}
      </button>
    </div>
  )
}
