import { concatBytes, equalBytes } from '../../primitives/bytes.js'

/** An entry of a log as a file: 4 bytes of magic, version 1, whether it was redacted, the digest, the pack. */
export interface EntryFile {
  readonly digest: Uint8Array
  readonly isRedacted: boolean
}

export const ENTRY_HEADER_BYTES = 38
const START = Uint8Array.of(0x46, 0x4b, 0x4c, 0x45, 1)
const DIGEST_AT = 6

export function encodeEntryFile({ digest, isRedacted }: EntryFile, pack: Uint8Array): Uint8Array {
  return concatBytes(START, Uint8Array.of(isRedacted ? 1 : 0), digest, pack)
}

/** The header of an entry; `undefined` where the bytes are none. */
export function decodeEntryHeader(bytes: Uint8Array): EntryFile | undefined {
  const flag = bytes[START.length]
  if (bytes.length < ENTRY_HEADER_BYTES || !equalBytes(bytes.subarray(0, START.length), START))
    return undefined
  if (flag !== 0 && flag !== 1) return undefined
  return { digest: bytes.slice(DIGEST_AT, ENTRY_HEADER_BYTES), isRedacted: flag === 1 }
}
