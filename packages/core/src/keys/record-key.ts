import { mustGetSubtle } from '../crypto/subtle.js'
import { toHex, utf8ToBytes } from '../primitives/bytes.js'

/** The keys of registry entries. */
export const NAME_PREFIX = 'name/'

/** Names are any Unicode, storage keys short ASCII; the hash stays on this device, as the name itself does. */
export async function recordKey(name: string, prefix: string = NAME_PREFIX): Promise<string> {
  const digest = await mustGetSubtle().digest('SHA-256', utf8ToBytes(name) as BufferSource)
  return prefix + toHex(new Uint8Array(digest))
}
