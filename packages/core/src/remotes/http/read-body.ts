import { concatBytes } from '../../primitives/bytes.js'

export interface BodyPart {
  /** Bytes that are passed over. */
  readonly skip?: number
  /** Bytes that are wanted at most; what comes after is not waited for. */
  readonly length: number
  /** Called whenever something arrived. */
  readonly onProgress?: () => void
}

/** A part of the body of an answer, fewer bytes where it ends sooner. A body without an end is cut. */
export async function readBody(
  response: Response,
  { skip = 0, length, onProgress }: BodyPart,
): Promise<Uint8Array> {
  if (response.body === null) return new Uint8Array(0)
  const reader = response.body.getReader()
  const parts: Uint8Array[] = []
  let position = 0
  try {
    for (const end = skip + length; position < end; ) {
      const { value, done } = await reader.read()
      if (done) break
      onProgress?.()
      // A copy, as parts of large chunks would keep these in memory.
      const part = new Uint8Array(value.subarray(Math.max(0, skip - position), Math.max(0, end - position)))
      if (part.length > 0) parts.push(part)
      position += value.length
    }
  } finally {
    // What is still to come is of no interest, nor is why it does not.
    void reader.cancel().catch(() => undefined)
  }
  return parts.length === 1 ? (parts[0] as Uint8Array) : concatBytes(...parts)
}
