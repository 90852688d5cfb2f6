import { FirekeepError } from '@firekeep/core/protocol'

/** What a client sends, chunk by chunk. One that goes away is `ABORTED`: no failure of the server. */
export async function* clientBody(
  incoming: AsyncIterable<Uint8Array>,
  onBytes: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  const chunks = incoming[Symbol.asyncIterator]()
  try {
    while (true) {
      const { done, value } = await nextOf(chunks)
      if (done) return
      onBytes(value.length)
      yield value
    }
  } finally {
    await chunks.return?.()
  }
}

async function nextOf(chunks: AsyncIterator<Uint8Array>): Promise<IteratorResult<Uint8Array>> {
  try {
    return await chunks.next()
  } catch (cause) {
    throw new FirekeepError('ABORTED', 'the client went away', { cause })
  }
}
