import { FirekeepError } from '../errors.js'
import { ByteReader } from '../primitives/byte-reader.js'
import { FRAME_BYTES, SEALED_FRAME_BYTES, type Sealer } from './seal.js'
import { HEADER_BYTES } from './seal-header.js'

/** What `sealer.seal` makes of all the bytes together, one frame in memory at a time. */
export async function* sealStream(
  sealer: Sealer,
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void> {
  const reader = new ByteReader(source)
  try {
    const frames = sealer.startStream()
    yield frames.header
    for (;;) {
      const content = await reader.take(FRAME_BYTES)
      if (content.length < FRAME_BYTES) {
        yield await frames.end(content)
        return
      }
      yield await frames.add(content)
    }
  } finally {
    await reader.close()
  }
}

/** The bytes behind {@link sealStream}. Rejects as `sealer.open` does, at the frame that is damaged or missing. */
export async function* openSealedStream(
  sealer: Sealer,
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void> {
  const reader = new ByteReader(source)
  try {
    const header = (await reader.take(HEADER_BYTES)).slice()
    for (let number = 0; ; number++) {
      const sealed = await reader.take(SEALED_FRAME_BYTES)
      if (sealed.length === 0) throw new FirekeepError('CORRUPT', 'sealed data is damaged: it was cut off')
      const isLast = (await reader.peek(1)).length === 0
      yield await sealer.openStreamFrame(header, { number, isLast }, sealed)
      if (isLast) return
    }
  } finally {
    await reader.close()
  }
}
