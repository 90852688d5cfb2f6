import { createHash } from 'node:crypto'
import { FirekeepError } from '@firekeep/core'
import { digestToName } from './blob-name.js'

/**
 * Passes a stream on, checked: `LIMIT_EXCEEDED` as soon as it has more than `maxBytes`, `CORRUPT` at its end unless
 * its bytes have that name. Trap: what was passed on counts only once the stream ended.
 */
export async function* checkBlob(
  name: string,
  content: AsyncIterable<Uint8Array>,
  maxBytes: number,
): AsyncIterable<Uint8Array> {
  const hash = createHash('sha256')
  let bytes = 0
  for await (const chunk of content) {
    bytes += chunk.length
    if (bytes > maxBytes) throw tooLarge(maxBytes)
    hash.update(chunk)
    yield chunk
  }
  if (digestToName(hash.digest()) !== name) {
    throw new FirekeepError('CORRUPT', 'the bytes of the blob do not match its name', { details: { name } })
  }
}

function tooLarge(maxBytes: number): FirekeepError {
  return new FirekeepError('LIMIT_EXCEEDED', `a blob may have ${maxBytes} bytes at most`, {
    details: { maxBytes },
  })
}
