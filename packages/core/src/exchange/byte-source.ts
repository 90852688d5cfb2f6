import { FirekeepError } from '../errors.js'
import { isUint8Array } from '../primitives/built-in.js'

/** Bytes in any of these forms. */
export type ByteSource = Uint8Array | Blob | ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>

/** The bytes of a source, chunk by chunk. `INVALID_OPTION` for anything that is no source of bytes. */
export async function* readByteSource(source: unknown): AsyncGenerator<Uint8Array, void> {
  if (isUint8Array(source)) {
    if (source.length > 0) yield source
    return
  }
  for await (const chunk of chunksOf(source)) {
    if (!isUint8Array(chunk)) throw invalidSource()
    if (chunk.length > 0) yield chunk
  }
}

function chunksOf(source: unknown): AsyncIterable<unknown> {
  if (typeof source !== 'object' || source === null) throw invalidSource()
  if ('getReader' in source) return readStream(source as ReadableStream<unknown>)
  if (Symbol.asyncIterator in source) return source as AsyncIterable<unknown>
  if ('stream' in source && typeof source.stream === 'function')
    return readStream((source as Blob).stream() as ReadableStream<unknown>)
  throw invalidSource()
}

/** By its reader: not every browser can iterate over a stream. */
async function* readStream(stream: ReadableStream<unknown>): AsyncGenerator<unknown, void> {
  const reader = stream.getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      yield value
    }
  } finally {
    // After the end it does nothing; else whoever makes the bytes hears that they are not wanted.
    await reader.cancel().catch(() => undefined)
  }
}

function invalidSource(): FirekeepError {
  return new FirekeepError(
    'INVALID_OPTION',
    'the source is a Uint8Array, a Blob or File, a ReadableStream of bytes, or an async iterable of Uint8Array',
  )
}
