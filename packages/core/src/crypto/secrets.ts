import { concatBytes, toBase32 } from '../primitives/bytes.js'
import { importSigningKey, type SigningKey } from './ed25519.js'
import { createHkdf, type Hkdf } from './hkdf.js'
import { KEY_BYTES, READ_SECRET_BYTES } from './key.js'
import { hashLineage } from './lineage.js'

/** What the holder of a database's root secret, or of its read secret, has. */
export interface DatabaseSecrets {
  /** Where everything follows from; `undefined` for who may only read. */
  readonly root: Uint8Array | undefined
  /** Names the database and all its forks: SHA-256 over both public keys. */
  readonly lineage: Uint8Array
  /** The lineage as text: base32, lower case, 52 characters. */
  readonly lineageId: string
  /** What seals are derived from. */
  readonly contentKey: Uint8Array
  /** Says of a grant whether it holds. */
  readonly writePublicKey: Uint8Array
  /** Grants authors the right to write; `undefined` for who may only read. */
  readonly writeKey: SigningKey | undefined
  /** Proves the right to read. */
  readonly readKey: SigningKey
}

/** The secrets of who may write. */
export interface WriteSecrets extends DatabaseSecrets {
  readonly root: Uint8Array
  readonly writeKey: SigningKey
}

/** Derives the secrets of a database from its root secret, by HKDF-SHA-256 (`docs/format.md`). */
export async function deriveSecrets(root: Uint8Array): Promise<WriteSecrets> {
  const hkdf = await createHkdf(root)
  const contentKey = await hkdf.derive('firekeep/1/content-key', KEY_BYTES)
  const writeKey = await deriveSigningKey(hkdf, 'firekeep/1/write-key')
  const read = await deriveReading(contentKey, writeKey.publicKey)
  return { ...read, root: new Uint8Array(root), writeKey }
}

/** The secrets of who may only read: from the content key and the public write key, 64 bytes. */
export async function deriveReadSecrets(readSecret: Uint8Array): Promise<DatabaseSecrets> {
  if (readSecret.length !== READ_SECRET_BYTES) throw new TypeError('a read secret has 64 bytes')
  const read = await deriveReading(readSecret.slice(0, KEY_BYTES), readSecret.slice(KEY_BYTES))
  return { ...read, root: undefined, writeKey: undefined }
}

/** The secrets of a key as `parseKey` gives it: a root secret, or a read secret. */
export function deriveFromKey(key: Uint8Array): Promise<DatabaseSecrets> {
  return key.length === READ_SECRET_BYTES ? deriveReadSecrets(key) : deriveSecrets(key)
}

/** What lets somebody read and no more; {@link deriveReadSecrets} takes it. */
export function readSecretOf({ contentKey, writePublicKey }: DatabaseSecrets): Uint8Array {
  return concatBytes(contentKey, writePublicKey)
}

export function mayWrite(secrets: DatabaseSecrets): secrets is WriteSecrets {
  return secrets.root !== undefined && secrets.writeKey !== undefined
}

async function deriveReading(contentKey: Uint8Array, writePublicKey: Uint8Array) {
  const readKey = await deriveSigningKey(await createHkdf(contentKey), 'firekeep/1/read-key')
  const lineage = await hashLineage(writePublicKey, readKey.publicKey)
  return { lineage, lineageId: toBase32(lineage), contentKey, writePublicKey, readKey }
}

async function deriveSigningKey(hkdf: Hkdf, info: string): Promise<SigningKey> {
  return importSigningKey(await hkdf.derive(info, KEY_BYTES))
}
