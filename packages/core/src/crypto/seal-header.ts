import { FirekeepError } from '../errors.js'
import { concatBytes, equalBytes } from '../primitives/bytes.js'

const MAGIC = Uint8Array.of(0x46, 0x4b, 0x53, 0x4c) // FKSL
/** The version of the seal format that this code writes and reads. */
export const SEAL_VERSION = 1
export const KEY_ID_BYTES = 8
export const SALT_BYTES = 16
export const PACK_ID_BYTES = 16
const COMMITMENT_BYTES = 32

/** What stands in clear before the frames. */
export interface SealHeader {
  /** Says which content key it is, and nothing about it. */
  readonly keyId: Uint8Array
  readonly salt: Uint8Array
  /** Only the one subkey of content key and salt has this value: a frame never opens under two keys. */
  readonly commitment: Uint8Array
  readonly packId: Uint8Array
}

const KEY_ID_AT = MAGIC.length + 1
const SALT_AT = KEY_ID_AT + KEY_ID_BYTES
const COMMITMENT_AT = SALT_AT + SALT_BYTES
const PACK_ID_AT = COMMITMENT_AT + COMMITMENT_BYTES

/** The length of a seal header, in bytes. */
export const HEADER_BYTES = PACK_ID_AT + PACK_ID_BYTES

export function writeSealHeader(header: SealHeader): Uint8Array {
  const { keyId, salt, commitment, packId } = header
  return concatBytes(MAGIC, Uint8Array.of(SEAL_VERSION), keyId, salt, commitment, packId)
}

/** `CORRUPT` unless the bytes begin like sealed data, `UNSUPPORTED_FORMAT` for a newer version of it. */
export function readSealHeader(sealed: Uint8Array): SealHeader {
  const version = sealed[MAGIC.length]
  if (version === undefined || !equalBytes(sealed.subarray(0, MAGIC.length), MAGIC)) throw damaged()
  if (version > SEAL_VERSION) {
    throw new FirekeepError(
      'UNSUPPORTED_FORMAT',
      `sealed data of format ${version} needs a newer Firekeep: upgrade it`,
      {
        details: { version, supported: SEAL_VERSION },
      },
    )
  }
  if (version < SEAL_VERSION || sealed.length < HEADER_BYTES) throw damaged()
  return {
    keyId: sealed.slice(KEY_ID_AT, SALT_AT),
    salt: sealed.slice(SALT_AT, COMMITMENT_AT),
    commitment: sealed.slice(COMMITMENT_AT, PACK_ID_AT),
    packId: sealed.slice(PACK_ID_AT, HEADER_BYTES),
  }
}

function damaged(): FirekeepError {
  return new FirekeepError('CORRUPT', 'sealed data is damaged: it does not begin with a header')
}
