import { normalizeDocument } from '../codec/document.js'
import { createHkdf } from '../crypto/hkdf.js'
import { createRecordNamer } from '../crypto/record-name.js'
import type { Database } from '../database/database.js'
import { FirekeepError } from '../errors.js'
import { fromBase64Url } from '../primitives/bytes.js'
import { canonicalText } from './canonical-text.js'

/**
 * The id of the job that answers a request: the same for the same input on every device of a database, whatever the
 * order of its keys, and another in every other database. It says nothing of the input to those without the key.
 */
export async function requestId(db: Pick<Database, 'exportKey'>, input: unknown): Promise<string> {
  const { fields } = normalizeDocument({ input })
  if (fields.input === undefined) throw new FirekeepError('INVALID_DOCUMENT', 'a request has an input')
  // Who may only read has it as well, so he finds the answers of others.
  const secret = fromBase64Url(await db.exportKey({ permission: 'read' }))
  if (secret === undefined) throw new FirekeepError('INTERNAL', 'a database told a key that is none')
  const key = await (await createHkdf(secret)).derive('firekeep/1/request-id', 32)
  return `request-${(await createRecordNamer(key))(canonicalText(fields.input))}`
}
