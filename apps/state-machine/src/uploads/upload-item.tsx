import type { Stored, StoredFile } from '@firekeep/core'
import { FileImage } from '@firekeep/react'
import { useState } from 'react'
import type { Upload } from '../data/office-document.js'
import { formatSize } from '../device/formats.js'
import { Failure } from '../ui/failure.js'
import { Icon } from '../ui/icon.js'
import { ORIGINAL, THUMBNAIL } from './new-upload.js'
import { saveFile } from './save-file.js'

/** One picture or PDF: its thumbnail, and the way to the file itself, which is loaded when it is asked for. */
export function UploadItem({ upload }: { readonly upload: Stored<Upload> }) {
  const [isLoading, setLoading] = useState(false)
  const [error, setError] = useState<unknown>()
  const original = upload._files?.[ORIGINAL]
  const thumbnail = upload._files?.[THUMBNAIL]
  const save = (file: StoredFile) => {
    setLoading(true)
    setError(undefined)
    saveFile(file, upload.title)
      .catch(setError)
      .finally(() => setLoading(false))
  }
  return (
    <li className="upload">
      <div className="thumbnail">
        {thumbnail ? (
          <FileImage file={thumbnail} alt={`Thumbnail of ${upload.title}`} fallback={<Icon name="file" />} />
        ) : (
          <Icon name="file" />
        )}
      </div>
      <p className="upload-title" title={upload.title}>
        {upload.title}
      </p>
      <p className="hint">
        {original && formatSize(original.size)}
        {!thumbnail && ` · ${thumbnailText(upload)}`}
      </p>
      {original && (
        <button type="button" className="link-button" disabled={isLoading} onClick={() => save(original)}>
          {isLoading ? 'Loading…' : 'Download'}
          <span className="visually-hidden"> {upload.title}</span>
        </button>
      )}
      {error !== undefined && <Failure title="It was not loaded" error={error} />}
    </li>
  )
}

function thumbnailText({ error }: Upload): string {
  return error === undefined ? 'thumbnail waits for a worker' : 'no thumbnail could be made'
}
