import { FirekeepError } from '../errors.js'
import { binaryToBytes, bytesToUtf8, textToOrderedKey } from '../primitives/bytes.js'

/** What an entry key is made of. */
export interface EntryKeyParts {
  readonly indexKey: string
  readonly id: string
}

const EMIT_NUMBER_BYTES = 4

/** Takes an entry key apart: the counterpart of `entryKey`. `CORRUPT` for what is none. */
export function splitEntryKey(entryKey: string): EntryKeyParts {
  const idAt = indexKeyEnd(entryKey, 0)
  const idEnd = entryKey.length - EMIT_NUMBER_BYTES - 1
  if (idAt < 0 || idEnd <= idAt || entryKey.charCodeAt(idEnd) !== 0) throw damaged()
  const orderedId = entryKey.slice(idAt, idEnd)
  return { indexKey: entryKey.slice(0, idAt), id: toText(orderedId.replaceAll('\0\xff', '\0')) }
}

/** The index key in an entry key of this document. */
export function indexKeyOf(entryKey: string, id: string): string {
  const orderedId = textToOrderedKey(id)
  let length = orderedId.length + 1 + EMIT_NUMBER_BYTES
  for (let at = orderedId.indexOf('\0'); at >= 0; at = orderedId.indexOf('\0', at + 1)) length += 1
  return entryKey.slice(0, entryKey.length - length)
}

const ARRAY = 0x60
/** How long keys are that do not end in a zero, by their first byte: `docs/format.md`, Index keys. */
const LENGTH_BY_TAG: Readonly<Record<number, number>> = { 16: 1, 32: 1, 33: 1, 48: 9 }

/** Where the index key that begins at `start` ends; below 0 where none begins. */
function indexKeyEnd(binary: string, start: number): number {
  const tag = binary.charCodeAt(start)
  const length = LENGTH_BY_TAG[tag]
  if (length !== undefined) return start + length
  if (tag !== ARRAY) return tag === 0x40 || tag === 0x50 ? binary.indexOf('\0', start) + 1 || -1 : -1
  let at = start + 1
  while (at > 0 && binary.charCodeAt(at) !== 0) at = at < binary.length ? indexKeyEnd(binary, at) : -1
  return at < 0 ? -1 : at + 1
}

function toText(orderedId: string): string {
  try {
    return bytesToUtf8(binaryToBytes(orderedId))
  } catch (cause) {
    throw damaged(cause)
  }
}

function damaged(cause?: unknown): FirekeepError {
  return new FirekeepError('CORRUPT', 'a row of an index is damaged', { cause })
}
