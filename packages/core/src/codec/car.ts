import { CarBufferReader } from '@ipld/car/buffer-reader'
import { blockLength, createWriter, headerLength } from '@ipld/car/buffer-writer'
import { FirekeepError } from '../errors.js'
import type { Block } from './block.js'
import { type CID, isSha256Cid } from './cid.js'

/** Writes blocks as one CAR (version 1), in the order given. */
export function encodeCar(roots: readonly CID[], blocks: readonly Block[]): Uint8Array {
  const rootList = [...roots]
  let size = headerLength({ roots: rootList })
  for (const block of blocks) size += blockLength(block)
  const writer = createWriter(new ArrayBuffer(size), { roots: rootList })
  for (const block of blocks) writer.write(block)
  return writer.close()
}

/**
 * Reads a CAR. The blocks are views of `bytes`, in their order there, and **not verified**: pass each to
 * `verifyBlock`. `CORRUPT` for anything but a whole CAR version 1 whose ids are CIDv1 of SHA-256.
 */
export function decodeCar(bytes: Uint8Array): { roots: CID[]; blocks: Block[] } {
  try {
    checkSections(bytes)
    const reader = CarBufferReader.fromBytes(bytes)
    const roots = reader.getRoots()
    check(roots.every(isSha256Cid))
    return { roots, blocks: reader.blocks() }
  } catch (cause) {
    throw new FirekeepError('CORRUPT', 'a pack of blocks is damaged: its contents are not a CAR', { cause })
  }
}

/** What a CAR with these roots begins with. */
export function encodeCarHeader(roots: readonly CID[]): Uint8Array {
  return encodeCar(roots, [])
}

/** Blocks as they stand in a CAR, behind its header. */
export function encodeCarSections(blocks: readonly Block[]): Uint8Array {
  return encodeCar([], blocks).subarray(headerLength({ roots: [] }))
}

/**
 * The length that stands before a header or a section, and where what it counts begins: `bytes` begin with it.
 * `CORRUPT` unless it is one in its shortest form, below 2^28.
 */
export function readCarLength(bytes: Uint8Array): { readonly start: number; readonly length: number } {
  try {
    const { value, end } = readVarint(bytes, 0)
    return { start: end, length: value }
  } catch (cause) {
    throw new FirekeepError('CORRUPT', 'a pack of blocks is damaged: its contents are not a CAR', { cause })
  }
}

/** How many bytes of a CAR a block takes. */
export function carSectionLength(block: Block): number {
  return blockLength(block)
}

/** Where a block stands in the bytes of a CAR. */
export interface CarSection {
  /** Its CID reaches from here to `start`. */
  readonly idStart: number
  /** Its bytes reach from here to `end`. */
  readonly start: number
  readonly end: number
}

/**
 * Finds the blocks of a CAR, or of a part of one that holds whole sections, from `offset`. Nothing is copied or
 * verified. `CORRUPT` where the bytes are no sections, and as {@link decodeCar}.
 */
export function readCarSections(bytes: Uint8Array, offset: number): CarSection[] {
  try {
    return walkSections(bytes, offset)
  } catch (cause) {
    throw new FirekeepError('CORRUPT', 'a pack of blocks is damaged: its contents are not a CAR', { cause })
  }
}

/**
 * Walks the section lengths before the reader does. The reader trusts them: a section that is shorter than its
 * id would move it backwards, for ever.
 */
function checkSections(bytes: Uint8Array): void {
  const header = readVarint(bytes, 0)
  // A map of two keys: `roots` and `version`, so it is version 1, as version 2 begins with a map of one.
  check(bytes[header.end] === 0xa2)
  walkSections(bytes, header.end + header.value)
}

function walkSections(bytes: Uint8Array, from: number): CarSection[] {
  const sections: CarSection[] = []
  let offset = from
  while (offset < bytes.length) {
    const section = readVarint(bytes, offset)
    const start = checkId(bytes, section.end)
    offset = section.end + section.value
    check(start <= offset)
    sections.push({ idStart: section.end, start, end: offset })
  }
  check(offset === bytes.length)
  return sections
}

/** CIDv1, any codec, SHA-256 of 32 bytes; answers where it ends. */
function checkId(bytes: Uint8Array, offset: number): number {
  check(bytes[offset] === 0x01)
  const codec = readVarint(bytes, offset + 1)
  check(bytes[codec.end] === 0x12 && bytes[codec.end + 1] === 0x20)
  return codec.end + 2 + 32
}

/** An unsigned LEB128 number below 2^28 in its shortest form. */
function readVarint(bytes: Uint8Array, offset: number): { value: number; end: number } {
  let value = 0
  for (let i = 0; i < 4; i++) {
    const byte = bytes[offset + i]
    if (byte === undefined) break
    value += (byte & 0x7f) * 2 ** (7 * i)
    if (byte < 0x80) {
      check(byte !== 0 || i === 0)
      return { value, end: offset + i + 1 }
    }
  }
  throw new RangeError('a length is damaged')
}

function check(condition: boolean): void {
  if (!condition) throw new RangeError('a section is damaged')
}
