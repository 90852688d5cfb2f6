import { FirekeepError } from '../errors.js'
import { bytesToUtf8 } from '../primitives/bytes.js'

/** A line of text, without its end; lines count from 1. */
export interface Line {
  readonly number: number
  readonly text: string
}

const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf]
/** A body of 16 MiB, with whatever spaces and escapes. */
const MAX_LINE_BYTES = 64 * 1024 * 1024

/**
 * The lines of UTF-8 text that comes in chunks of whatever length; those that are empty are left out. They end with a
 * line feed, or that and a carriage return before it; a byte order mark at the start is no part of them.
 */
export async function* readLines(source: AsyncIterable<Uint8Array>): AsyncGenerator<Line, void> {
  let number = 0
  for await (const bytes of splitLines(source)) {
    number++
    const line = withoutMarks(bytes, number === 1)
    if (line.length === 0) continue
    let text: string
    try {
      text = bytesToUtf8(line)
    } catch (cause) {
      throw badLine(number, 'is not UTF-8', cause)
    }
    if (text.trim() !== '') yield { number, text }
  }
}

/** `INVALID_DOCUMENT` that names the line. */
export function badLine(line: number, problem: string, cause?: unknown): FirekeepError {
  return new FirekeepError('INVALID_DOCUMENT', `line ${line} ${problem}`, { cause, details: { line } })
}

/** Bytes between line feeds: no byte of a longer UTF-8 sequence is one. */
async function* splitLines(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  let parts: Uint8Array[] = []
  let length = 0
  let number = 1
  const join = () => {
    const line = new Uint8Array(length)
    let at = 0
    for (const part of parts) {
      line.set(part, at)
      at += part.length
    }
    parts = []
    length = 0
    number++
    return line
  }
  for await (const chunk of source) {
    let start = 0
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
      parts.push(chunk.subarray(start, end))
      length += end - start
      start = end + 1
      yield join()
    }
    // A copy: the chunk belongs to whoever made it, who may use it again.
    parts.push(chunk.slice(start))
    length += chunk.length - start
    if (length > MAX_LINE_BYTES) throw badLine(number, `is longer than ${MAX_LINE_BYTES} bytes`)
  }
  yield join()
}

function withoutMarks(bytes: Uint8Array, isFirst: boolean): Uint8Array {
  const start = isFirst && BYTE_ORDER_MARK.every((byte, i) => bytes[i] === byte) ? BYTE_ORDER_MARK.length : 0
  const end = bytes.at(-1) === CARRIAGE_RETURN ? bytes.length - 1 : bytes.length
  return bytes.subarray(start, Math.max(start, end))
}
