import type { Sealer } from '../crypto/seal.js'
import { openSealedStream } from '../crypto/seal-stream.js'
import { hasErrorCode } from '../errors.js'
import { ByteReader } from '../primitives/byte-reader.js'
import { equalBytes, utf8ToBytes } from '../primitives/bytes.js'
import { otherDatabase } from './other-database.js'

/** What sealed bytes begin with (`docs/format.md`, Seal); a CAR begins otherwise. */
const SEALED = utf8ToBytes('FKSL')

/** The bytes of an archive that is plain or sealed; `sealer` is of the kind `export`. */
export async function* openArchive(
  source: AsyncIterable<Uint8Array>,
  sealer: Sealer,
  here: string,
): AsyncGenerator<Uint8Array, void> {
  const reader = new ByteReader(source)
  const isSealed = equalBytes(await reader.peek(SEALED.length), SEALED)
  try {
    yield* isSealed ? openSealedStream(sealer, reader.rest()) : reader.rest()
  } catch (error) {
    throw hasErrorCode(error, 'WRONG_KEY') ? otherDatabase(undefined, here) : error
  } finally {
    await reader.close()
  }
}
