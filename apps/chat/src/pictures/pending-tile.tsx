import { IconButton } from '../ui/icon-button.js'
import type { PendingPicture } from './pending-picture.js'
import { useObjectUrl } from './use-object-url.js'

export interface PendingTileProps {
  readonly picture: PendingPicture
  readonly onRemove: (key: string) => void
}

/** A picture before it is sent, and the way to take it out. */
export function PendingTile({ picture: { key, name, prepared }, onRemove }: PendingTileProps) {
  const url = useObjectUrl(prepared?.file)
  return (
    <li className="pending" title={name}>
      {url === undefined ? (
        <span className="pending-wait" role="img" aria-label={`${name}, being prepared`} />
      ) : (
        <img src={url} alt={name} />
      )}
      <IconButton
        className="pending-remove"
        icon="close"
        label={`Remove ${name}`}
        onClick={() => onRemove(key)}
      />
    </li>
  )
}
