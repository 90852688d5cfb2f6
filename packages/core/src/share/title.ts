import { utf8ToBytes } from '../primitives/bytes.js'
import { isWellFormed } from '../primitives/well-formed.js'

const MAX_TITLE_BYTES = 255

/** Whether something can be the title of a link: well-formed text of at most 255 bytes. */
export function isTitle(title: unknown): title is string {
  if (typeof title !== 'string' || title.length > MAX_TITLE_BYTES || !isWellFormed(title)) return false
  return utf8ToBytes(title).length <= MAX_TITLE_BYTES
}
