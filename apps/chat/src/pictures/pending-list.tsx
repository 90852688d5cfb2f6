import type { PendingPicture } from './pending-picture.js'
import { PendingTile } from './pending-tile.js'

export interface PendingListProps {
  readonly pictures: readonly PendingPicture[]
  readonly onRemove: (key: string) => void
}

/** The pictures that go with the message being written. */
export function PendingList({ pictures, onRemove }: PendingListProps) {
  const hasSmaller = pictures.some(({ prepared }) => prepared?.isSmaller)
  return (
    <div className="pending-pictures">
      <ul aria-label="Pictures to send">
        {pictures.map(picture => (
          <PendingTile key={picture.key} picture={picture} onRemove={onRemove} />
        ))}
      </ul>
      {hasSmaller && (
        <p className="pending-note">
          Large pictures are sent as smaller copies, without what the camera noted of place and time.
        </p>
      )}
    </div>
  )
}
