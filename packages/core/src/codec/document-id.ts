import { FirekeepError } from '../errors.js'
import { utf8ToBytes } from '../primitives/bytes.js'
import { isWellFormed } from '../primitives/well-formed.js'

/** The longest document id, in bytes of its UTF-8 form. A constant of the format. */
const MAX_ID_BYTES = 4096

/** What keeps `id` from being a document id, for an error message; `undefined` when it is one. */
export function documentIdProblem(id: unknown): string | undefined {
  if (typeof id !== 'string') return 'is not a string'
  if (id === '') return 'is empty'
  if (!isWellFormed(id)) return 'holds half a surrogate pair'
  if (id.length * 3 <= MAX_ID_BYTES) return undefined
  return id.length > MAX_ID_BYTES || utf8ToBytes(id).length > MAX_ID_BYTES
    ? 'is longer than 4 KiB'
    : undefined
}

/** Throws `INVALID_DOCUMENT` unless `id` can be a document id: well-formed text of 1 to 4096 bytes. */
export function assertDocumentId(id: unknown): asserts id is string {
  const problem = documentIdProblem(id)
  if (problem === undefined) return
  throw new FirekeepError('INVALID_DOCUMENT', `the document id ${problem}`, { details: { path: '_id' } })
}
