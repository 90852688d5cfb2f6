import { FirekeepError } from '../errors.js'
import { utf8ToBytes } from '../primitives/bytes.js'
import { isWellFormed } from '../primitives/well-formed.js'

const MAX_NAME_BYTES = 255

/** Throws `INVALID_OPTION` unless `name` can name a database: well-formed Unicode of 1 to 255 bytes in UTF-8. */
export function assertName(name: unknown): asserts name is string {
  const problem = problemOf(name)
  if (problem !== undefined) {
    throw new FirekeepError(
      'INVALID_OPTION',
      `a database name must be 1 to 255 bytes of text; this one ${problem}`,
    )
  }
}

function problemOf(name: unknown): string | undefined {
  if (typeof name !== 'string') return `is ${name === null ? 'null' : `of type ${typeof name}`}`
  if (name === '') return 'is empty'
  if (!isWellFormed(name)) return 'holds half a surrogate pair'
  // A UTF-16 unit takes at least one byte, so text that is much too long is not encoded first.
  if (name.length > MAX_NAME_BYTES || utf8ToBytes(name).length > MAX_NAME_BYTES) return 'is longer than that'
  return undefined
}
