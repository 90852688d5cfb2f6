import * as dagCbor from '@ipld/dag-cbor'
import { type Block, DAG_CBOR, hashBlock } from '../codec/block.js'
import { CID, isSha256Cid } from '../codec/cid.js'
import { FirekeepError } from '../errors.js'
import { equalBytes } from '../primitives/bytes.js'

/** What an archive begins with. */
export interface Manifest {
  /** The whole history; or some of its commits, with contents that were erased from it. */
  readonly kind: 'export' | 'contents'
  /** The lineage. */
  readonly db: Uint8Array
  /** The public keys of the database. */
  readonly keys: { readonly read: Uint8Array; readonly write: Uint8Array }
  /** The heads of the history, ascending. */
  readonly heads: readonly CID[]
  /** How many commits follow. */
  readonly commits: number
}

/** What stands before the bytes of a file pack: raw blocks, as many as come. */
export interface FileHead {
  /** The digest of the pack, which is its name. */
  readonly pack: Uint8Array
}

/** What an archive ends with. */
export interface Trailer {
  /** How many blocks stand before it. */
  readonly blocks: number
  /** A hash of their ids in order: 32 zero bytes, then for each SHA-256(hash before || id). */
  readonly digest: Uint8Array
}

export function encodeManifest(manifest: Manifest): Promise<Block> {
  return encode({ v: 1, ...manifest })
}

export function encodeFileHead(head: FileHead): Promise<Block> {
  return encode({ v: 1, ...head })
}

export function encodeTrailer(trailer: Trailer): Promise<Block> {
  return encode({ v: 1, ...trailer })
}

/** `CORRUPT` unless the block is exactly a manifest, `UNSUPPORTED_FORMAT` for one of a newer version. */
export function decodeManifest(block: Block): Manifest {
  const { v, ...manifest } = decode(block)
  const { kind, db, keys, heads, commits } = manifest as unknown as Partial<Manifest>
  check(hasFields(manifest, ['kind', 'db', 'keys', 'heads', 'commits']))
  check(kind === 'export' || kind === 'contents')
  check(isBytes(db) && hasFields(keys, ['read', 'write']) && isBytes(keys?.read) && isBytes(keys?.write))
  check(Array.isArray(heads) && heads.every(isCommitId))
  check(isCount(commits))
  return manifest as unknown as Manifest
}

/** What may stand behind the commits, but for the bytes of files. */
export function decodeEnding(block: Block): FileHead | Trailer {
  const { v, ...ending } = decode(block)
  if (hasFields(ending, ['pack'])) check(isBytes(ending.pack))
  else check(hasFields(ending, ['blocks', 'digest']) && isCount(ending.blocks) && isBytes(ending.digest))
  return ending as unknown as FileHead | Trailer
}

async function encode(value: object): Promise<Block> {
  return hashBlock(DAG_CBOR, dagCbor.encode(value))
}

/** Only what encodes to the same bytes: so there is no other archive that says the same. */
function decode({ cid, bytes }: Block): Record<string, unknown> {
  check(cid.code === DAG_CBOR)
  const value = attempt(() => dagCbor.decode<Record<string, unknown>>(bytes))
  const isMap = typeof value === 'object' && value !== null && CID.asCID(value) === null
  check(isMap && !Array.isArray(value) && !(value instanceof Uint8Array))
  if (typeof value.v === 'number' && Number.isSafeInteger(value.v) && value.v > 1) {
    throw new FirekeepError('UNSUPPORTED_FORMAT', 'the archive was written by a newer version of Firekeep', {
      details: { version: value.v },
    })
  }
  const canonical = attempt(() => dagCbor.encode(value))
  check(value.v === 1 && canonical !== undefined && equalBytes(canonical, bytes))
  return value
}

function attempt<T>(run: () => T): T | undefined {
  try {
    return run()
  } catch {
    return undefined
  }
}

function hasFields(value: object | undefined, fields: readonly string[]): boolean {
  return value !== undefined && Object.keys(value).sort().join() === [...fields].sort().join()
}

function isBytes(value: unknown): boolean {
  return value instanceof Uint8Array && value.length === 32
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

function isCommitId(value: unknown): boolean {
  const cid = CID.asCID(value)
  return cid !== null && isSha256Cid(cid) && cid.code === DAG_CBOR
}

function check(condition: unknown): asserts condition {
  if (!condition) throw new FirekeepError('CORRUPT', 'the archive is damaged: it does not say what it holds')
}
