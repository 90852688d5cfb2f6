import { concatBytes, fromBase32, toBase32 } from '../primitives/bytes.js'

const LINEAGE_BYTES = 32
const FORK_NONCE_BYTES = 16

/** What a remote stores a database under: the lineage, and for a fork its nonce. */
export interface LogId {
  readonly lineage: Uint8Array
  /** 16 bytes; `undefined` for the database that the lineage began with. */
  readonly forkNonce: Uint8Array | undefined
}

/** Base32 of the lineage (52 characters), for a fork `.` and base32 of its nonce (26). */
export function logIdToText({ lineage, forkNonce }: LogId): string {
  return forkNonce === undefined ? toBase32(lineage) : `${toBase32(lineage)}.${toBase32(forkNonce)}`
}

/** The log id of a text; `undefined` unless the text is exactly what {@link logIdToText} makes. */
export function parseLogId(text: string): LogId | undefined {
  const match = /^([a-z2-7]{52})(?:\.([a-z2-7]{26}))?$/.exec(text)
  if (match === null) return undefined
  const lineage = fromBase32(match[1] as string)
  const forkNonce = match[2] === undefined ? undefined : fromBase32(match[2])
  if (lineage?.length !== LINEAGE_BYTES) return undefined
  if (match[2] !== undefined && forkNonce?.length !== FORK_NONCE_BYTES) return undefined
  return { lineage, forkNonce }
}

/** What seals of packs of this log are bound to. */
export function logIdToBytes({ lineage, forkNonce }: LogId): Uint8Array {
  return forkNonce === undefined ? lineage : concatBytes(lineage, forkNonce)
}
