import * as dagCbor from '@ipld/dag-cbor'
import { DAG_CBOR, RAW } from '../../codec/block.js'
import { CID, isSha256Cid } from '../../codec/cid.js'
import { verifySignature } from '../../crypto/ed25519.js'
import type { Author } from '../../crypto/identity.js'
import type { Sealer } from '../../crypto/seal.js'
import { FirekeepError, hasErrorCode } from '../../errors.js'
import type { SnapshotPack } from '../../packs/snapshot-record.js'
import { compareBytes, concatBytes, toBase32, toHex, utf8ToBytes } from '../../primitives/bytes.js'
import { BLOBS_LISTED } from '../../protocol/limits.js'
import type { LogPosition, RemotePointer } from '../../protocol/remote.js'
import { bytes, listOf, oneOf, record, type Shape, wholeNumber } from '../../protocol/shape.js'

/** A pack as a pointer names it. */
export type ClaimedPack = Omit<SnapshotPack, 'dead'>

/** What a pointer says: that the state of these commits, which hold all of the log up to a place, is this one. */
export interface SnapshotClaim extends LogPosition {
  /** The heads of the commits, ascending. */
  readonly heads: readonly CID[]
  readonly docs: CID
  readonly history: CID
  /** Where the blocks of the state lie: blobs of the remote. Oldest first. */
  readonly packs: readonly ClaimedPack[]
  /** Digests of the file packs that kept versions of the history name, ascending: blobs of the remote, too. */
  readonly files: readonly Uint8Array[]
}

/** A claim, and who makes it. */
export interface SignedClaim extends SnapshotClaim {
  readonly author: Uint8Array
}

export interface PointerChecks {
  /** Of the kind `pointer`, bound to the log. */
  readonly sealer: Sealer
  readonly verifyGrant: (author: Uint8Array, grant: Uint8Array) => Promise<boolean>
}

const VERSION = 1
const PREFIX = utf8ToBytes('firekeep/1/pointer\0')
/** More heads than this no history has that anybody works with. */
const HEADS_LISTED = 65_536

/** Signs and seals a claim (`docs/format.md`, Pointer). */
export async function encodePointer(
  { seq, hash, heads, docs, history, packs, files }: SnapshotClaim,
  author: Author,
  sealer: Sealer,
): Promise<RemotePointer> {
  const claim = { v: VERSION, seq, hash, heads, docs, history, packs: packs.map(plainPack), files }
  const unsigned = { ...claim, author: author.publicKey, grant: author.grant }
  const sig = await author.sign(concatBytes(PREFIX, dagCbor.encode(unsigned)))
  const sealed = await sealer.seal(dagCbor.encode({ ...unsigned, sig }))
  return { seq, blobs: blobsOf({ packs, files }), sealed }
}

/**
 * Opens a pointer that a remote gave, and checks that somebody with the right to write made it, for this log. What it
 * claims is not checked. `CORRUPT` where it is damaged or nobody's, `details.author` being whose key it names;
 * `UNSUPPORTED_FORMAT` when a newer version wrote it.
 */
export async function openPointer(stored: RemotePointer, checks: PointerChecks): Promise<SignedClaim> {
  const value = await decode(stored.sealed, checks.sealer)
  const { sig, ...unsigned } = value
  const { author, grant } = value
  const signed = concatBytes(PREFIX, dagCbor.encode(unsigned))
  if (!(await checks.verifyGrant(author, grant))) throw damaged('its author has no right to write', author)
  if (!(await verifySignature(author, signed, sig))) throw damaged('its signature is wrong', author)
  const { seq, hash, heads, docs, history, packs, files } = value
  const listed = new Set(stored.blobs)
  // Else a remote that goes by what it sees would drop blobs that are needed.
  if (stored.seq !== seq || !blobsOf(value).every(name => listed.has(name)))
    throw damaged('its envelope says something else')
  return { seq, hash, heads, docs, history, packs, files, author }
}

type DecodedPointer = SignedClaim & { readonly grant: Uint8Array; readonly sig: Uint8Array }

async function decode(sealed: Uint8Array, sealer: Sealer): Promise<DecodedPointer> {
  let value: unknown
  try {
    value = dagCbor.decode(await sealer.open(sealed))
  } catch (cause) {
    if (hasErrorCode(cause, 'UNSUPPORTED_FORMAT')) throw cause
    throw damaged('it does not open', undefined, cause)
  }
  const { v } = (value ?? {}) as { v?: unknown }
  if (Number.isSafeInteger(v) && (v as number) > VERSION) {
    throw new FirekeepError('UNSUPPORTED_FORMAT', 'the pointer was written by a newer version of Firekeep')
  }
  if (!POINTER(value)) throw damaged('it does not decode')
  return value as DecodedPointer
}

/** The names of the blobs that a claim needs. */
export function blobsOf({ packs, files }: Pick<SnapshotClaim, 'packs' | 'files'>): string[] {
  return [...packs.map(({ name }) => name), ...files.map(toBase32)]
}

/** Without what else an object may hold. */
function plainPack({ name, length, directory, kind, bytes }: ClaimedPack): ClaimedPack {
  return {
    name,
    length,
    directory: { offset: directory.offset, length: directory.length },
    kind,
    bytes,
  }
}

const PACK = record({
  name: value => typeof value === 'string' && /^[a-z2-7]{52}$/.test(value),
  length: wholeNumber(1),
  directory: record({ offset: wholeNumber(), length: wholeNumber() }),
  kind: oneOf('tree', 'history'),
  bytes: wholeNumber(),
})

const heads = listOf(cid(DAG_CBOR), HEADS_LISTED)

const POINTER = record({
  v: oneOf(VERSION),
  seq: wholeNumber(1),
  hash: bytes(32),
  heads: value => heads(value) && (value as unknown[]).length > 0,
  docs: cid(RAW),
  history: cid(RAW),
  packs: listOf(PACK, BLOBS_LISTED),
  files: value => listOf(bytes(32), BLOBS_LISTED)(value) && isAscending(value as Uint8Array[]),
  author: bytes(32),
  grant: bytes(64),
  sig: bytes(64),
})

function isAscending(digests: readonly Uint8Array[]): boolean {
  return digests.every((digest, i) => i === 0 || compareBytes(digests[i - 1] as Uint8Array, digest) < 0)
}

function cid(codec: number): Shape {
  return value => {
    const found = CID.asCID(value as CID)
    return found !== null && found.code === codec && isSha256Cid(found)
  }
}

function damaged(reason: string, author?: Uint8Array, cause?: unknown): FirekeepError {
  return new FirekeepError('CORRUPT', `the pointer of the remote cannot be used: ${reason}`, {
    cause,
    ...(author !== undefined && { details: { author: toHex(author) } }),
  })
}
