import { concatBytes, utf8ToBytes } from '../primitives/bytes.js'
import { mustGetSubtle } from './subtle.js'

/** The lineage of a database. It certifies both keys, so nobody can put another write key under the same id. */
export async function hashLineage(
  writePublicKey: Uint8Array,
  readPublicKey: Uint8Array,
): Promise<Uint8Array> {
  const named = concatBytes(utf8ToBytes('firekeep/1/lineage\0'), writePublicKey, readPublicKey)
  return new Uint8Array(await mustGetSubtle().digest('SHA-256', named as BufferSource))
}
