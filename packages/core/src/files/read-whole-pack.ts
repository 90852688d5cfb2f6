import { hasErrorCode } from '../errors.js'
import type { FilePacks } from './file-packs.js'

const PIECE_BYTES = 4 * 1024 * 1024

/**
 * All of a file pack that is stored here, unverified; `undefined` where it is not, or not whole. Read piece by piece into
 * a `Blob`, which browsers need not keep in memory.
 */
export async function readWholePack(
  packs: Pick<FilePacks, 'lengthOf' | 'getRange'>,
  name: string,
): Promise<Blob | undefined> {
  try {
    const length = await packs.lengthOf(name)
    if (length === undefined) return undefined
    const pieces: Blob[] = []
    for (let offset = 0; offset < length; offset += PIECE_BYTES) {
      const piece = await packs.getRange(name, offset, PIECE_BYTES)
      if (piece === undefined) return undefined
      pieces.push(new Blob([piece as Uint8Array<ArrayBuffer>]))
    }
    return new Blob(pieces)
  } catch (error) {
    if (hasErrorCode(error, 'CORRUPT')) return undefined
    throw error
  }
}
