import { sha256 } from '@noble/hashes/sha2.js'
import { KEY_BYTES, READ_SECRET_BYTES } from '../crypto/key.js'
import { FirekeepError } from '../errors.js'
import { FORK_NONCE_BYTES } from '../keys/registry-entry.js'
import {
  bytesToUtf8,
  concatBytes,
  equalBytes,
  fromBase64Url,
  toBase64Url,
  utf8ToBytes,
} from '../primitives/bytes.js'
import { parseServer } from './server-url.js'
import { isTitle } from './title.js'

/** What stands in the fragment of a link (`docs/format.md`). */
export interface LinkContent {
  readonly permission: 'read' | 'write'
  /** 32 bytes. */
  readonly lineage: Uint8Array
  /** Of a link to a fork: 16 bytes. */
  readonly forkNonce?: Uint8Array | undefined
  /** The root secret (32 bytes) in a link to write, the read secret (64 bytes) in one to read. */
  readonly secret: Uint8Array
  /** Where the database is kept, as `parseServer` spells it. */
  readonly server: string
  /** What the database is called, for those who open the link; may be empty. */
  readonly title: string
}

/** Links to forks are of a version of their own, so that who knows no forks is not led to another database. */
const VERSION = '1'
const FORK_VERSION = '2'
const CHECKSUM_BYTES = 4
const LINEAGE_BYTES = 32
const NO_NONCE = new Uint8Array(0)
const CHECKSUM_TAG = utf8ToBytes('firekeep/1/link\0')

/** Whether the fragment of an address, with its `#`, is meant to be a link, whole or not, of whatever version. */
export function isLinkFragment(fragment: string): boolean {
  return /^#fk\d+\./.test(fragment)
}

/** The fragment of a link, with its `#`. */
export function encodeLinkContent(content: LinkContent): string {
  const { permission, lineage, forkNonce, secret, server, title } = content
  const serverBytes = utf8ToBytes(server)
  const length = Uint8Array.of(serverBytes.length >> 8, serverBytes.length & 255)
  const flag = Uint8Array.of(permission === 'write' ? 1 : 0)
  const place = concatBytes(lineage, forkNonce ?? NO_NONCE)
  const bytes = concatBytes(flag, place, secret, length, serverBytes, utf8ToBytes(title))
  return `#fk${forkNonce === undefined ? VERSION : FORK_VERSION}.${toBase64Url(concatBytes(bytes, checksumOf(bytes)))}`
}

/**
 * What a link says: a whole address, or its fragment alone. `INVALID_OPTION` where it is none or damaged,
 * `UNSUPPORTED_FORMAT` where a newer version made it. No error repeats any of it.
 */
export function decodeLinkContent(link: unknown): LinkContent {
  const match = typeof link === 'string' ? /(?:^|#)fk(\d+)\.(.*)$/s.exec(link.trim()) : null
  if (match === null)
    throw invalid('this is no link to a database: the part from #fk1. on is missing; copy the whole link')
  const isFork = match[1] === FORK_VERSION
  if (match[1] !== VERSION && !isFork) {
    throw new FirekeepError('UNSUPPORTED_FORMAT', 'a newer Firekeep made this link: upgrade to open it')
  }
  const bytes = fromBase64Url(match[2] as string)
  const end = (bytes?.length ?? 0) - CHECKSUM_BYTES
  if (bytes === undefined || end < 0 || !equalBytes(bytes.subarray(end), checksumOf(bytes.subarray(0, end))))
    throw invalid('the link was cut off or mistyped: copy the whole of it again')
  const content = readContent(bytes.subarray(0, end), isFork)
  if (content !== undefined) return content
  throw invalid('the link is whole and says nothing that can be understood: ask for a new one')
}

/** A damaged link is to be told from one that leads elsewhere; it protects against nobody. */
function checksumOf(bytes: Uint8Array): Uint8Array {
  return sha256(concatBytes(CHECKSUM_TAG, bytes)).subarray(0, CHECKSUM_BYTES)
}

function readContent(bytes: Uint8Array, isFork: boolean): LinkContent | undefined {
  const [flag] = bytes
  if (flag !== 0 && flag !== 1) return undefined
  const nonceAt = 1 + LINEAGE_BYTES
  const secretAt = nonceAt + (isFork ? FORK_NONCE_BYTES : 0)
  const lengthAt = secretAt + (flag === 1 ? KEY_BYTES : READ_SECRET_BYTES)
  const serverAt = lengthAt + 2
  if (bytes.length < serverAt) return undefined
  const titleAt = serverAt + (((bytes[lengthAt] as number) << 8) | (bytes[lengthAt + 1] as number))
  if (bytes.length < titleAt) return undefined
  const [server, title] = [readText(bytes.subarray(serverAt, titleAt)), readText(bytes.subarray(titleAt))]
  if (server === undefined || parseServer(server)?.url !== server || !isTitle(title)) return undefined
  return {
    permission: flag === 1 ? 'write' : 'read',
    lineage: bytes.slice(1, nonceAt),
    ...(isFork && { forkNonce: bytes.slice(nonceAt, secretAt) }),
    secret: bytes.slice(secretAt, lengthAt),
    server,
    title,
  }
}

function readText(bytes: Uint8Array): string | undefined {
  try {
    return bytesToUtf8(bytes)
  } catch {
    return undefined
  }
}

function invalid(message: string): FirekeepError {
  return new FirekeepError('INVALID_OPTION', message, { details: { option: 'link' } })
}
