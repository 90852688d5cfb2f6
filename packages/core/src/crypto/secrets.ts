import { concatBytes, toBase32, utf8ToBytes } from '../primitives/bytes.js'
import { importSigningKey, type SigningKey } from './ed25519.js'
import { createHkdf, type Hkdf } from './hkdf.js'
import { KEY_BYTES } from './key.js'
import { mustGetSubtle } from './subtle.js'

/** Everything that follows from a database's root secret. Reading needs `contentKey` and the public write key. */
export interface DatabaseSecrets {
  readonly root: Uint8Array
  /** Names the database and all its forks: SHA-256 over both public keys. */
  readonly lineage: Uint8Array
  /** The lineage as text: base32, lower case, 52 characters. */
  readonly lineageId: string
  /** What seals are derived from. */
  readonly contentKey: Uint8Array
  /** Grants authors the right to write. */
  readonly writeKey: SigningKey
  /** Proves the right to read. */
  readonly readKey: SigningKey
}

/** Derives the secrets of a database from its root secret, by HKDF-SHA-256 (`docs/format.md`). */
export async function deriveSecrets(root: Uint8Array): Promise<DatabaseSecrets> {
  const hkdf = await createHkdf(root)
  const contentKey = await hkdf.derive('firekeep/1/content-key', KEY_BYTES)
  const [writeKey, readKey] = await Promise.all([
    deriveSigningKey(hkdf, 'firekeep/1/write-key'),
    createHkdf(contentKey).then(hkdf => deriveSigningKey(hkdf, 'firekeep/1/read-key')),
  ])
  const lineage = await hashLineage(writeKey.publicKey, readKey.publicKey)
  return { root: new Uint8Array(root), lineage, lineageId: toBase32(lineage), contentKey, writeKey, readKey }
}

async function deriveSigningKey(hkdf: Hkdf, info: string): Promise<SigningKey> {
  return importSigningKey(await hkdf.derive(info, KEY_BYTES))
}

/** The id certifies both keys, so nobody can put another write key under the same id. */
async function hashLineage(writePublicKey: Uint8Array, readPublicKey: Uint8Array): Promise<Uint8Array> {
  const named = concatBytes(utf8ToBytes('firekeep/1/lineage\0'), writePublicKey, readPublicKey)
  return new Uint8Array(await mustGetSubtle().digest('SHA-256', named as BufferSource))
}
