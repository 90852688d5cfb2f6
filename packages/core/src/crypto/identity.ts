import { bytesToBinary, concatBytes, utf8ToBytes } from '../primitives/bytes.js'
import { LruMap } from '../primitives/lru-map.js'
import { importSigningKey, verifySignature } from './ed25519.js'
import type { WriteSecrets } from './secrets.js'

/** Who writes: a key of this device for this database, and the database's word that it may. */
export interface Author {
  readonly publicKey: Uint8Array
  /** The write key's signature over the lineage and `publicKey`: 64 bytes. */
  readonly grant: Uint8Array
  sign(message: Uint8Array): Promise<Uint8Array>
}

// Both begin what is signed, so that a signature for one purpose is none for another.
const GRANT_PREFIX = utf8ToBytes('firekeep/1/grant\0')
const COMMIT_PREFIX = utf8ToBytes('firekeep/1/commit\0')

const CACHED_GRANTS = 1024

/** The author with this 32-byte seed, granted by the database's write key. */
export async function createAuthor(
  seed: Uint8Array,
  secrets: Pick<WriteSecrets, 'writeKey' | 'lineage'>,
): Promise<Author> {
  const key = await importSigningKey(seed)
  const grant = await secrets.writeKey.sign(grantMessage(secrets.lineage, key.publicKey))
  return { publicKey: key.publicKey, grant, sign: message => key.sign(message) }
}

/** The author's signature over a commit block that lacks only its `sig`. */
export function signCommitBytes(author: Author, unsignedCommitBytes: Uint8Array): Promise<Uint8Array> {
  return author.sign(concatBytes(COMMIT_PREFIX, unsignedCommitBytes))
}

/** Whether `signature` is this author's over the commit block without its `sig`. */
export function verifyCommitSignature(
  author: Uint8Array,
  unsignedCommitBytes: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  return verifySignature(author, concatBytes(COMMIT_PREFIX, unsignedCommitBytes), signature)
}

/**
 * Checks grants of one database. Grants that held are remembered, a bounded number of them, as every commit
 * carries one and few differ; those that did not are not, so that hostile ones push nothing out.
 */
export function createGrantVerifier(
  writePublicKey: Uint8Array,
  lineage: Uint8Array,
): (author: Uint8Array, grant: Uint8Array) => Promise<boolean> {
  const granted = new LruMap<string, true>(CACHED_GRANTS)
  return async (author, grant) => {
    if (author.length !== 32 || grant.length !== 64) return false
    const name = bytesToBinary(author) + bytesToBinary(grant)
    if (granted.get(name)) return true
    const isGranted = await verifySignature(writePublicKey, grantMessage(lineage, author), grant)
    if (isGranted) granted.set(name, true)
    return isGranted
  }
}

function grantMessage(lineage: Uint8Array, author: Uint8Array): Uint8Array {
  return concatBytes(GRANT_PREFIX, lineage, author)
}
