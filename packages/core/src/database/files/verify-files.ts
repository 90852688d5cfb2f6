import type { FindingList, FindingPlace } from '../../audit/finding-list.js'
import { createSha256 } from '../../codec/sha256.js'
import { FILE_PACK_PREFIX, type FilePacks } from '../../files/file-packs.js'
import { toBase32 } from '../../primitives/bytes.js'
import { throwIfAborted } from '../../primitives/throw-if-aborted.js'

const PIECE_BYTES = 1024 * 1024

/** Reads every attachment that is on this device; answers how many packs of them there are. */
export async function verifyFiles(
  packs: FilePacks,
  findings: FindingList,
  placeOf: (name: string) => FindingPlace | undefined,
  signal: AbortSignal | undefined,
): Promise<number> {
  const names = await packs.names()
  for (const name of names) {
    const place = { place: FILE_PACK_PREFIX + name, ...placeOf(name) }
    try {
      const hash = createSha256()
      for (let at = 0; ; at += PIECE_BYTES) {
        throwIfAborted(signal)
        const piece = await packs.getRange(name, at, PIECE_BYTES)
        if (piece === undefined || piece.length === 0) break
        hash.update(piece)
      }
      if (toBase32(hash.digest()) === name || !(await packs.has(name))) continue
      findings.add('CORRUPT', 'an attachment is damaged: its bytes are not those of its name', place)
    } catch (error) {
      findings.addError(error, 'an attachment is damaged', place)
    }
  }
  return names.length
}
