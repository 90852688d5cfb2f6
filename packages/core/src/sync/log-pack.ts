import * as dagCbor from '@ipld/dag-cbor'
import type { Sealer } from '../crypto/seal.js'
import { FirekeepError } from '../errors.js'
import { packContent, unpackContent } from '../packs/compression.js'
import { concatBytes } from '../primitives/bytes.js'
import type { TimeSlice } from '../primitives/time-slice.js'
import type { LogPosition } from '../protocol/remote.js'
import { bytes, record, wholeNumber } from '../protocol/shape.js'

/** What stands in a log pack before its contents. */
export interface LogPackHeader {
  /** The last place of the log that the writer had read: so a log that is not the same for all is noticed. */
  readonly witness: LogPosition
  /** Set where the contents of several packs have to be joined. */
  readonly part: PackPart | undefined
  /** The digest of the entry that this pack takes the place of, so that a server cannot put another one there. */
  readonly replaces: Uint8Array | undefined
}

export interface PackPart {
  /** Equal for the packs that belong together. */
  readonly id: Uint8Array
  readonly index: number
  readonly count: number
}

export interface LogPack extends LogPackHeader {
  /** A CAR, or a part of one. */
  readonly content: Uint8Array
}

export interface LogPackWriter {
  readonly sealer: Sealer
  readonly compress: boolean
  readonly random: (length: number) => Uint8Array
  readonly slice: TimeSlice
}

const VERSION = 1
const PART_ID_BYTES = 16
const LENGTH_BYTES = 4
/** What is compressed in one piece, so that a page is held up for a few milliseconds at most. */
const CHUNK_BYTES = 64 * 1024
/** Packs are cut here: servers take messages of a few megabytes at least. */
const PACK_BYTES = 2 * 1024 * 1024
/** What one pack holds before it is compressed: a reader takes no more. */
const CONTENT_BYTES = 16 * 1024 * 1024
/** More than this no writer makes of one group of commits. */
const MAX_PARTS = 4096

/** What is sealed with the contents, but for what follows from them. */
type GivenHeader = Pick<LogPackHeader, 'witness'> & Partial<Pick<LogPackHeader, 'part' | 'replaces'>>

/** Seals contents as log packs: one, or several of some megabytes each that are joined again when they are read. */
export async function sealLogPacks(
  content: Uint8Array,
  witness: LogPosition,
  { sealer, compress, random, slice }: LogPackWriter,
): Promise<Uint8Array[]> {
  const groups: Uint8Array[][] = [[]]
  let size = 0
  let contentSize = 0
  for (let start = 0; start === 0 || start < content.length; start += CHUNK_BYTES) {
    const chunk = packContent(content.subarray(start, start + CHUNK_BYTES), compress)
    if (size > 0 && (size + chunk.length > PACK_BYTES || contentSize + CHUNK_BYTES > CONTENT_BYTES)) {
      groups.push([])
      size = 0
      contentSize = 0
    }
    groups.at(-1)?.push(lengthOf(chunk), chunk)
    size += chunk.length
    contentSize += CHUNK_BYTES
    await slice.mayEnd()
  }
  const id = random(PART_ID_BYTES)
  const count = groups.length
  return Promise.all(
    groups.map((chunks, index) =>
      sealChunks(chunks, { witness, ...(count > 1 && { part: { id, index, count } }) }, sealer),
    ),
  )
}

/** Seals contents as one pack, as long as it may be: what is to take the place of an entry. */
export function sealReplacement(
  content: Uint8Array,
  header: GivenHeader,
  { sealer, compress }: Pick<LogPackWriter, 'sealer' | 'compress'>,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for (let start = 0; start === 0 || start < content.length; start += CHUNK_BYTES) {
    const chunk = packContent(content.subarray(start, start + CHUNK_BYTES), compress)
    chunks.push(lengthOf(chunk), chunk)
  }
  return sealChunks(chunks, header, sealer)
}

function sealChunks(
  chunks: readonly Uint8Array[],
  { witness, part, replaces }: GivenHeader,
  sealer: Sealer,
): Promise<Uint8Array> {
  const { seq, hash } = witness
  const optional = { ...(part !== undefined && { part }), ...(replaces !== undefined && { replaces }) }
  const header = dagCbor.encode({ v: VERSION, seq, hash, ...optional })
  return sealer.seal(concatBytes(lengthOf(header), header, ...chunks))
}

/** Opens a log pack. Errors as `Sealer.open`; `UNSUPPORTED_FORMAT` when a newer version wrote it. */
export async function openLogPack(sealed: Uint8Array, sealer: Sealer): Promise<LogPack> {
  const plaintext = await sealer.open(sealed)
  const [header, rest] = cut(plaintext)
  const chunks: Uint8Array[] = []
  let size = 0
  for (let left = rest; left.length > 0; ) {
    const [chunk, behind] = cut(left)
    const content = unpackContent(chunk)
    size += content.length
    if (content.length > CHUNK_BYTES || size > CONTENT_BYTES) throw damaged()
    chunks.push(content)
    left = behind
  }
  return { ...decodeHeader(header), content: concatBytes(...chunks) }
}

const HEADER = record(
  {
    v: wholeNumber(1),
    seq: wholeNumber(),
    hash: bytes(32),
    part: record({ id: bytes(PART_ID_BYTES), index: wholeNumber(), count: wholeNumber(2) }),
    replaces: bytes(32),
  },
  ['part', 'replaces'],
)

function decodeHeader(header: Uint8Array): LogPackHeader {
  let value: unknown
  try {
    value = dagCbor.decode(header)
  } catch (cause) {
    throw damaged(cause)
  }
  const { v, seq, hash, part, replaces } = (value ?? {}) as LogPosition &
    Partial<LogPackHeader> & { v: unknown }
  if (Number.isSafeInteger(v) && (v as number) > VERSION) {
    throw new FirekeepError(
      'UNSUPPORTED_FORMAT',
      'a pack of the log was written by a newer version of Firekeep',
    )
  }
  if (!HEADER(value) || (part !== undefined && (part.index >= part.count || part.count > MAX_PARTS)))
    throw damaged()
  return { witness: { seq, hash }, part, replaces }
}

/** What stands behind a length, and what comes after it. */
function cut(content: Uint8Array): [piece: Uint8Array, rest: Uint8Array] {
  if (content.length < LENGTH_BYTES) throw damaged()
  const length = new DataView(content.buffer, content.byteOffset).getUint32(0)
  const end = LENGTH_BYTES + length
  if (end > content.length) throw damaged()
  return [content.subarray(LENGTH_BYTES, end), content.subarray(end)]
}

function lengthOf(piece: Uint8Array): Uint8Array {
  const head = new Uint8Array(LENGTH_BYTES)
  new DataView(head.buffer).setUint32(0, piece.length)
  return head
}

function damaged(cause?: unknown): FirekeepError {
  return new FirekeepError('CORRUPT', 'a pack of the log is damaged', { cause })
}
