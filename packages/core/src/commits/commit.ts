import * as dagCbor from '@ipld/dag-cbor'
import { type Block, DAG_CBOR, DAG_JSON, hashBlock } from '../codec/block.js'
import { CID, type CidKey, cidToKey, isSha256Cid } from '../codec/cid.js'
import { type Author, signCommitBytes } from '../crypto/identity.js'
import { assert, FirekeepError } from '../errors.js'
import { compareBytes, concatBytes, equalBytes, utf8ToBytes } from '../primitives/bytes.js'

/** What one commit makes of one document. */
export interface Operation {
  readonly id: string
  /** The versions it supersedes, ascending by CID bytes; each counts only where it is an ancestor (L2). */
  readonly prev: readonly CID[]
  /** The block with the content, or `null` for a deletion. */
  readonly body: CID | null
  /** Set on a deletion that erases the content of the versions it supersedes. */
  readonly purge?: true
  /** SHA-256 digests of the file packs that the content names, ascending, once each; not set where there are none. */
  readonly files?: readonly Uint8Array[]
  /** Where the content was picked up. */
  readonly origin?: Origin
}

/**
 * Who wrote, in another database or on a fork, what an operation picks up. A remark: whoever has the commit that
 * it names can check it, validity does not depend on it.
 */
export interface Origin {
  /** The lineage of that database. */
  readonly db: Uint8Array
  readonly author: Uint8Array
  readonly commit: CID
  /** The signature of that commit. */
  readonly sig: Uint8Array
}

/** A decoded commit block. Identity is {@link Commit.cid}; everything else follows from the bytes. */
export interface Commit {
  readonly cid: CID
  readonly key: CidKey
  readonly bytes: Uint8Array
  /** The lineage id of the database. */
  readonly db: Uint8Array
  /** Ascending by CID bytes. */
  readonly parents: readonly CID[]
  readonly height: number
  /** Milliseconds since 1970 on the author's clock; a remark, it decides nothing. */
  readonly time: number
  readonly author: Uint8Array
  readonly grant: Uint8Array
  readonly ops: readonly Operation[]
  readonly sig: Uint8Array
}

/** Limits of the format (L12); `docs/format.md` lists them. */
export const COMMIT_LIMITS = {
  parents: 64,
  prev: 64,
  files: 1024,
  idBytes: 4096,
  commitBytes: 16 * 1024 * 1024,
} as const

export interface CommitContent {
  readonly db: Uint8Array
  readonly parents: readonly CID[]
  readonly height: number
  readonly time: number
  readonly ops: readonly Operation[]
}

/** Signs a commit and encodes it as its block. `LIMIT_EXCEEDED` when it is larger than the format allows. */
export async function createCommit(content: CommitContent, author: Author): Promise<Commit> {
  const fields = { ...content, author: author.publicKey, grant: author.grant }
  const parts = encodeParts(fields)
  const sig = await signCommitBytes(author, joinParts(parts))
  const bytes = joinParts(parts, sig)
  if (bytes.length > COMMIT_LIMITS.commitBytes) {
    throw new FirekeepError(
      'LIMIT_EXCEEDED',
      `a commit of ${bytes.length} bytes is over the limit; write fewer documents at once`,
      {
        details: { bytes: bytes.length, limit: COMMIT_LIMITS.commitBytes },
      },
    )
  }
  const { cid } = await hashBlock(DAG_CBOR, bytes)
  return { cid, key: cidToKey(cid), bytes, ...fields, sig }
}

/** The bytes that the signature of a commit covers: its block without `sig`, cut out of it, so that its operations are not encoded again. */
export function unsignedBytes({ bytes, time, grant, author, height, parents }: Commit): Uint8Array {
  const afterLength = dagCbor.encode({ time, grant, author, height, parents }).length - 1
  const end = bytes.length - afterLength
  const start = end - SIG_HEADER.length - SIG_BYTES
  assert(
    equalBytes(bytes.subarray(start, start + SIG_HEADER.length), SIG_HEADER),
    'a commit block holds its signature',
  )
  return concatBytes(Uint8Array.of((bytes[0] as number) - 1), bytes.subarray(1, start), bytes.subarray(end))
}

/** The fields that stand before and after `sig` in canonical order (shorter names first), each as a CBOR map. */
interface CommitParts {
  readonly before: Uint8Array
  readonly after: Uint8Array
}

function encodeParts({
  db,
  ops,
  time,
  grant,
  author,
  height,
  parents,
}: CommitContent & Pick<Commit, 'author' | 'grant'>): CommitParts {
  return {
    before: dagCbor.encode({ v: 1, db, ops }),
    after: dagCbor.encode({ time, grant, author, height, parents }),
  }
}

/** One map of all fields: its operations, most of its bytes, are encoded once for both forms. */
function joinParts({ before, after }: CommitParts, sig?: Uint8Array): Uint8Array {
  const middle = sig === undefined ? [] : [SIG_HEADER, sig]
  const header = Uint8Array.of(CBOR_MAP + 8 + (sig === undefined ? 0 : 1))
  return concatBytes(header, before.subarray(1), ...middle, after.subarray(1))
}

/** CBOR: a map of up to 23 entries is one byte and then the entries; `sig` is text of 3, its value 64 bytes. */
const CBOR_MAP = 0xa0
const SIG_HEADER = Uint8Array.of(0x63, 0x73, 0x69, 0x67, 0x58, 0x40)
const SIG_BYTES = 64

/**
 * Decodes a commit block and checks everything that its bytes alone decide (L12). The block's hash, its
 * signature and its grant are checked elsewhere; its height when its parents are known.
 *
 * `INVALID_COMMIT` when a rule is broken, `UNSUPPORTED_FORMAT` when the version is unknown.
 */
export function decodeCommit(block: Block): Commit {
  const invalid = (rule: string) =>
    new FirekeepError('INVALID_COMMIT', `commit ${block.cid} is invalid: ${rule}`, {
      details: { cid: block.cid.toString() },
    })
  if (block.cid.code !== DAG_CBOR) throw invalid('its block is not DAG-CBOR')
  if (block.bytes.length > COMMIT_LIMITS.commitBytes) throw invalid('it is too large')
  const value = attempt(() => dagCbor.decode<unknown>(block.bytes))
  if (!isRecord(value)) throw invalid('it is not a map of DAG-CBOR')
  if (value.v !== 1) {
    if (Number.isSafeInteger(value.v) && (value.v as number) > 1) {
      throw new FirekeepError(
        'UNSUPPORTED_FORMAT',
        `commit ${block.cid} was written by a newer version of Firekeep`,
      )
    }
    throw invalid('its version is not a number from 1')
  }
  // Before the rules: a map made to look like a CID does not encode as the map that it is.
  const canonical = attempt(() => dagCbor.encode(value))
  if (canonical === undefined || !equalBytes(canonical, block.bytes))
    throw invalid('it is not canonical DAG-CBOR')
  const rule = brokenRule(value)
  if (rule !== undefined) throw invalid(rule)
  const { v, ...content } = value as unknown as Omit<Commit, 'cid' | 'key' | 'bytes'> & { v: 1 }
  return { cid: block.cid, key: cidToKey(block.cid), bytes: block.bytes, ...content }
}

/** The codec throws whatever hostile bytes make it throw: `undefined` then. */
function attempt<T>(run: () => T): T | undefined {
  try {
    return run()
  } catch {
    return undefined
  }
}

const FIELDS = new Set(['v', 'db', 'parents', 'height', 'time', 'author', 'grant', 'ops', 'sig'])
const OP_FIELDS = new Set(['id', 'prev', 'body', 'purge', 'files', 'origin'])
const ORIGIN_FIELDS = new Set(['db', 'author', 'commit', 'sig'])

function brokenRule(value: Record<string, unknown>): string | undefined {
  const { db, parents, height, time, author, grant, ops, sig } = value
  if (!Object.keys(value).every(field => FIELDS.has(field))) return 'it has an unknown field'
  if (!isBytes(db, 32)) return 'db is not 32 bytes'
  if (!isCidList(parents, COMMIT_LIMITS.parents, DAG_CBOR))
    return `parents are not at most ${COMMIT_LIMITS.parents} ascending commit ids`
  if (!isCount(height, 1)) return 'height is not a number from 1'
  if (parents.length === 0 && height !== 1) return 'a commit without parents has height 1'
  if (!isCount(time, 0)) return 'time is not a number from 0'
  if (!isBytes(author, 32)) return 'author is not 32 bytes'
  if (!isBytes(grant, 64)) return 'grant is not 64 bytes'
  if (!isBytes(sig, 64)) return 'sig is not 64 bytes'
  if (!Array.isArray(ops) || ops.length === 0) return 'ops is not a list of at least one'
  const ids = new Set<string>()
  for (const op of ops) {
    const rule = brokenOperationRule(op)
    if (rule !== undefined) return rule
    if (ids.has(op.id)) return `id ${JSON.stringify(op.id)} stands twice`
    ids.add(op.id)
  }
  return undefined
}

function brokenOperationRule(op: unknown): string | undefined {
  if (!isRecord(op) || !Object.keys(op).every(field => OP_FIELDS.has(field)))
    return 'an op has an unknown field'
  if (!isDocumentId(op.id)) return 'the id of an op is not a well-formed string of 1 to 4096 bytes'
  if (!isCidList(op.prev, COMMIT_LIMITS.prev, DAG_CBOR))
    return `prev is not at most ${COMMIT_LIMITS.prev} ascending commit ids`
  const body = CID.asCID(op.body)
  if (op.body !== null && (body === null || body.code !== DAG_JSON || !isSha256Cid(body)))
    return 'body is not the id of a body'
  if ('purge' in op && (op.purge !== true || op.body !== null))
    return 'purge stands only with true and without a body'
  if ('files' in op && (op.body === null || !isDigestList(op.files)))
    return `files are not 1 to ${COMMIT_LIMITS.files} ascending digests beside a body`
  if ('origin' in op && (op.body === null || !isOrigin(op.origin)))
    return 'origin is not a database, an author, a commit and its signature beside a body'
  return undefined
}

function isDigestList(list: unknown): boolean {
  if (!Array.isArray(list) || list.length === 0 || list.length > COMMIT_LIMITS.files) return false
  return list.every(
    (digest, i) => isBytes(digest, 32) && (i === 0 || compareBytes(list[i - 1] as Uint8Array, digest) < 0),
  )
}

function isOrigin(value: unknown): boolean {
  if (!isRecord(value) || !Object.keys(value).every(field => ORIGIN_FIELDS.has(field))) return false
  const { db, author, commit, sig } = value
  return isBytes(db, 32) && isBytes(author, 32) && isBytes(sig, 64) && isCidList([commit], 1, DAG_CBOR)
}

function isDocumentId(id: unknown): boolean {
  if (typeof id !== 'string' || id === '') return false
  return utf8ToBytes(id).length <= COMMIT_LIMITS.idBytes
}

function isCidList(list: unknown, limit: number, codec: number): list is readonly CID[] {
  if (!Array.isArray(list) || list.length > limit) return false
  let last: CidKey | undefined
  for (const item of list) {
    const cid = CID.asCID(item)
    if (cid === null || cid.code !== codec || !isSha256Cid(cid)) return false
    const key = cidToKey(cid)
    if (last !== undefined && key <= last) return false
    last = key
  }
  return true
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    attempt(() => CID.asCID(value)) === null &&
    !(value instanceof Uint8Array)
  )
}

function isBytes(value: unknown, length: number): value is Uint8Array {
  return value instanceof Uint8Array && value.length === length
}

function isCount(value: unknown, from: number): value is number {
  return Number.isSafeInteger(value) && (value as number) >= from
}
