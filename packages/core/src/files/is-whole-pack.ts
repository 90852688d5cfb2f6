import { createSha256 } from '../codec/sha256.js'
import { FirekeepError } from '../errors.js'
import { toBase32 } from '../primitives/bytes.js'
import { throwIfAborted } from '../primitives/throw-if-aborted.js'
import type { FilePacks } from './file-packs.js'

const PIECE_BYTES = 1024 * 1024
const DAMAGE: ReadonlySet<string> = new Set(['CORRUPT', 'WRONG_KEY', 'UNSUPPORTED_FORMAT'])

/** Whether a file pack is stored here with the bytes of its name (L7). All of it is read. */
export async function isWholePack(
  packs: Pick<FilePacks, 'getRange'>,
  name: string,
  signal?: AbortSignal | undefined,
): Promise<boolean> {
  const hash = createSha256()
  try {
    for (let at = 0; ; at += PIECE_BYTES) {
      throwIfAborted(signal)
      const piece = await packs.getRange(name, at, PIECE_BYTES)
      if (piece === undefined) return false
      if (piece.length === 0) break
      hash.update(piece)
    }
  } catch (error) {
    if (error instanceof FirekeepError && DAMAGE.has(error.code)) return false
    throw error
  }
  return toBase32(hash.digest()) === name
}
