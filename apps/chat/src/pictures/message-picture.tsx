import type { StoredFile } from '@firekeep/core'
import { useFile } from '@firekeep/react'
import { type CSSProperties, useRef, useState } from 'react'
import { pictureFrame } from '../data/picture-frame.js'
import type { Picture } from '../data/room-document.js'
import { PictureDialog } from './picture-dialog.js'
import { PictureFailure } from './picture-failure.js'
import { useNear } from './use-near.js'

export interface MessagePictureProps {
  readonly picture: Picture
  readonly file: StoredFile | undefined
}

/**
 * A picture in its frame. It is loaded when it is about to be seen, and let go of when it is far again: a long room would
 * fill the memory.
 */
export function MessagePicture({ picture, file }: MessagePictureProps) {
  const frame = useRef<HTMLDivElement>(null)
  const isNear = useNear(frame)
  const [isOpen, setOpen] = useState(false)
  const [brokenUrl, setBrokenUrl] = useState<string>()
  const { url, error, progress, load } = useFile(isNear || isOpen ? file : undefined)
  const { name } = picture
  const { width, ratio, isSmall } = pictureFrame(picture)
  const style = { '--width': `${width}px`, '--ratio': ratio } as CSSProperties
  const problem = file === undefined ? 'missing' : url !== undefined && url === brokenUrl ? 'broken' : error
  return (
    <div ref={frame} className="picture" data-small={isSmall || undefined} style={style}>
      {problem !== undefined && <PictureFailure name={name} problem={problem} onRetry={load} />}
      {problem === undefined && url === undefined && (
        <span className="picture-wait" role="img" aria-label={`${name}, not loaded yet`}>
          {progress && <progress value={progress.done} max={progress.total ?? 1} aria-label="Loaded" />}
        </span>
      )}
      {problem === undefined && url !== undefined && (
        <button type="button" className="picture-open" aria-haspopup="dialog" onClick={() => setOpen(true)}>
          <img src={url} alt={name} draggable={false} onError={() => setBrokenUrl(url)} />
        </button>
      )}
      {isOpen && url !== undefined && <PictureDialog name={name} url={url} onClose={() => setOpen(false)} />}
    </div>
  )
}
