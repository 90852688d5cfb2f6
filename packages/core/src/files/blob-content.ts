import { pathToText } from '../codec/path-to-text.js'
import { FirekeepError } from '../errors.js'
import type { FileContent } from './file-content.js'

/** A `Blob` as it is to be stored under a name. `INVALID_DOCUMENT` where it cannot be read, as after its file changed on disk. */
export function blobContent(blob: Blob, name: string): FileContent {
  const { size } = blob
  const unreadable = (cause?: unknown) => {
    const path = pathToText(['_files', name])
    const message = `${path} cannot be read: the file behind it is gone or has changed`
    return new FirekeepError('INVALID_DOCUMENT', message, { cause, details: { path } })
  }
  return {
    size,
    async read(start, end) {
      let bytes: Uint8Array
      try {
        bytes = new Uint8Array(await blob.slice(start, end).arrayBuffer())
      } catch (cause) {
        throw unreadable(cause)
      }
      if (bytes.length !== end - start) throw unreadable()
      return bytes
    },
  }
}
