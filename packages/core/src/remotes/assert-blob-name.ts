import { createSha256 } from '../codec/sha256.js'
import { FirekeepError } from '../errors.js'
import { toBase32 } from '../primitives/bytes.js'
import type { BlobBytes } from '../protocol/remote.js'
import { blobPieces } from './blob-pieces.js'

/** `CORRUPT` unless a blob is that of its name. */
export async function assertBlobName(name: string, bytes: BlobBytes): Promise<void> {
  const hash = createSha256()
  for await (const piece of blobPieces(bytes)) hash.update(piece)
  if (toBase32(hash.digest()) === name) return
  throw new FirekeepError('CORRUPT', 'a blob does not match its name', { details: { blob: name } })
}
