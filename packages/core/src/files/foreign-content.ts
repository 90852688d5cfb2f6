import type { AttachedFile } from '../codec/stored-file.js'
import { concatBytes } from '../primitives/bytes.js'
import type { FileContent } from './file-content.js'

/** An attachment of another database, whose content is to be stored here. */
export function foreignContent(file: AttachedFile): FileContent {
  return {
    size: file.size,
    async read(start, end, signal) {
      const pieces: Uint8Array[] = []
      const reader = file.stream({ start, end, signal }).getReader()
      for (let next = await reader.read(); !next.done; next = await reader.read()) pieces.push(next.value)
      return concatBytes(...pieces)
    },
  }
}
