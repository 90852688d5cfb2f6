import type { BlobBytes } from '../protocol/remote.js'

/** What is put, piece by piece: of a `Blob` one after the other, so that not all of it is in memory. */
export async function* blobPieces(bytes: BlobBytes): AsyncGenerator<Uint8Array, void> {
  if (bytes instanceof Uint8Array) {
    yield bytes
    return
  }
  const reader = bytes.stream().getReader()
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) yield read.value
  } finally {
    await reader.cancel()
  }
}
