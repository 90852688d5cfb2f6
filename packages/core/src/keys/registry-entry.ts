import { KEY_BYTES, READ_SECRET_BYTES } from '../crypto/key.js'
import { FirekeepError } from '../errors.js'
import { bytesToUtf8, fromBase64Url, toBase64Url, utf8ToBytes } from '../primitives/bytes.js'

/** What this device knows about one of its databases. */
export interface RegistryEntry {
  readonly name: string
  /** The storage that holds its data: random, `[a-z0-9]`. */
  readonly storageId: string
  readonly lineageId: string
  /** The root secret, where it is kept here: one that the user gave as `key` is not. */
  readonly root: Uint8Array | undefined
  /** The read secret, where that is what is kept here: it came with a link. */
  readonly readSecret: Uint8Array | undefined
  /** The seed of this device's author key for this database. */
  readonly authorSeed: Uint8Array
  /** Of a fork: what tells it from the other databases of its lineage. */
  readonly fork?: ForkIdentity | undefined
}

export interface ForkIdentity {
  /** 16 random bytes. */
  readonly nonce: Uint8Array
  /** Whether it began here, as a copy of records: there are some from then on. Else it came with a link. */
  readonly isCopy: boolean
}

const FORMAT = 1
export const FORK_NONCE_BYTES = 16

export function encodeRegistryEntry(entry: RegistryEntry): Uint8Array {
  const { name, storageId, lineageId, root, readSecret, authorSeed, fork } = entry
  const record = {
    v: FORMAT,
    name,
    storageId,
    lineageId,
    ...(root === undefined ? {} : { root: toBase64Url(root) }),
    ...(readSecret === undefined ? {} : { read: toBase64Url(readSecret) }),
    author: toBase64Url(authorSeed),
    ...(fork === undefined ? {} : { fork: toBase64Url(fork.nonce), copy: fork.isCopy }),
  }
  return utf8ToBytes(JSON.stringify(record))
}

/** `CORRUPT` when the record is damaged, `UNSUPPORTED_FORMAT` when a newer version wrote it. */
export function decodeRegistryEntry(bytes: Uint8Array): RegistryEntry {
  const record = parse(bytes)
  if (typeof record.v === 'number' && record.v > FORMAT) {
    throw new FirekeepError(
      'UNSUPPORTED_FORMAT',
      'the key store was written by a newer Firekeep: upgrade it',
      {
        details: { version: record.v, supported: FORMAT },
      },
    )
  }
  const { v, name, storageId, lineageId, root, read, author, fork, copy } = record
  const authorSeed = parseSecret(author, KEY_BYTES)
  const rootSecret = parseSecret(root, KEY_BYTES)
  const readSecret = parseSecret(read, READ_SECRET_BYTES)
  const nonce = parseSecret(fork, FORK_NONCE_BYTES)
  const isWhole =
    v === FORMAT &&
    typeof name === 'string' &&
    isMatch(storageId, /^[a-z0-9]{1,64}$/) &&
    isMatch(lineageId, /^[a-z2-7]{52}$/) &&
    authorSeed !== undefined &&
    (root === undefined || rootSecret !== undefined) &&
    (read === undefined || readSecret !== undefined) &&
    (fork === undefined || (nonce !== undefined && typeof copy === 'boolean'))
  if (!isWhole) throw damaged()
  const identity = nonce && { nonce, isCopy: copy === true }
  return { name, storageId, lineageId, root: rootSecret, readSecret, authorSeed, fork: identity }
}

function parse(bytes: Uint8Array): Record<string, unknown> {
  try {
    const record: unknown = JSON.parse(bytesToUtf8(bytes))
    if (typeof record === 'object' && record !== null) return record as Record<string, unknown>
  } catch {
    // No `cause`: the parser's message quotes the text, and the text holds a secret.
  }
  throw damaged()
}

function parseSecret(text: unknown, length: number): Uint8Array | undefined {
  const bytes = typeof text === 'string' ? fromBase64Url(text) : undefined
  return bytes?.length === length ? bytes : undefined
}

function isMatch(value: unknown, pattern: RegExp): value is string {
  return typeof value === 'string' && pattern.test(value)
}

function damaged(): FirekeepError {
  return new FirekeepError('CORRUPT', 'a record of the key store is damaged: restore it, or open with `key`')
}
