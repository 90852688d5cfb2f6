import { open } from 'node:fs/promises'
import { FirekeepError } from '@firekeep/core'
import type { BlobRange } from '../../blobs/blobs.js'
import { isMissing } from './durable-files.js'
import { storageFailure } from './storage-failure.js'

const CHUNK_BYTES = 128 * 1024

/** The bytes of a file in chunks. Opens it with the first one, so a stream that nobody reads holds nothing open. */
export async function* readChunks(path: string, range: BlobRange): AsyncIterable<Uint8Array> {
  const handle = await open(path, 'r').catch(error => {
    if (!isMissing(error)) throw storageFailure(error, path)
    throw new FirekeepError('NOT_FOUND', 'Not found: the blob was removed before it was read', {
      cause: error,
    })
  })
  try {
    const end = range.offset + (range.length ?? Number.POSITIVE_INFINITY)
    for (let at = range.offset; at < end; ) {
      const chunk = new Uint8Array(Math.min(CHUNK_BYTES, end - at))
      const { bytesRead } = await handle.read(chunk, 0, chunk.length, at)
      if (bytesRead === 0) return
      yield chunk.subarray(0, bytesRead)
      at += bytesRead
    }
  } finally {
    await handle.close()
  }
}
