import { FirekeepError } from '../../errors.js'
import { utf8ToBytes } from '../../primitives/bytes.js'
import type { FileHandle } from './file-system.js'
import { type Frame, frameLength, frameSeq, parseFrame } from './frame.js'
import { formatOwner, type Owner, parseOwner } from './process-table.js'

const ANY_VERSION = 'firekeep log '
const MAGIC = `${ANY_VERSION}1 `
const HEADER_LIMIT = 1_024
const CHUNK = 1_048_576

/** The first line of a log: what it is and whose. */
export function logHeader(owner: Owner): Uint8Array {
  return utf8ToBytes(`${MAGIC}${formatOwner(owner)}\n`)
}

/** A frame and where in its log it starts. */
export interface PlacedFrame {
  readonly frame: Frame
  readonly log: LogReader
  readonly offset: number
}

/**
 * One session's log, read as it grows. Stays readable after its file was unlinked.
 *
 * What is not a whole frame with the right checksum ends the log for now: it is being written, or was torn by
 * a crash. Only this session's log ends there, nobody else's. As each frame is durable before the next is
 * written, nothing can follow a torn one; where something does, acknowledged bytes were damaged: `CORRUPT`.
 */
export class LogReader {
  readonly name: string
  readonly #file: FileHandle
  readonly #checksum: (bytes: Uint8Array) => number
  #owner: Owner | undefined
  #offset = 0
  #hasEnded = false
  #lastSeq = 0
  #searchedSize = 0
  /** Bytes of values that are not the latest of their key; the folder's state counts them. */
  garbage = 0

  constructor(name: string, file: FileHandle, checksum: (bytes: Uint8Array) => number) {
    this.name = name
    this.#file = file
    this.#checksum = checksum
  }

  /** `undefined` while the first line is not there. */
  get owner(): Owner | undefined {
    return this.#owner
  }

  /** Whether its session said that it writes no more. */
  get hasEnded(): boolean {
    return this.#hasEnded
  }

  /** Bytes read so far. */
  get length(): number {
    return this.#offset
  }

  /** Whether the file holds anything but whole frames with the latest values of their keys. */
  get holdsWaste(): boolean {
    return this.garbage > 0 || this.#file.size() > this.#offset
  }

  /** The whole frames that were added since the last call. */
  readNew(): PlacedFrame[] {
    if (this.#hasEnded) return []
    const size = this.#file.size()
    const placed: PlacedFrame[] = []
    if (size > this.#offset && this.#readHeader()) this.#readFrames(size, placed)
    return placed
  }

  /** As `readNew`, when it is known that this frame is all that was added, at `offset`. */
  takeFrame(bytes: Uint8Array, offset: number): PlacedFrame[] {
    if (offset !== this.#offset) return this.readNew()
    const placed: PlacedFrame[] = []
    this.#offset += this.#parse(bytes, placed)
    return placed
  }

  /** All whole frames read so far, again. */
  *readAgain(): Generator<PlacedFrame> {
    const again = new LogReader(this.name, this.#file, this.#checksum)
    if (!again.#readHeader()) return
    while (again.#offset < this.#offset) {
      const placed: PlacedFrame[] = []
      again.#readFrames(this.#offset, placed, CHUNK)
      if (placed.length === 0) return
      for (const { frame, offset } of placed) yield { frame, log: this, offset }
    }
  }

  /** Bytes in the file; fewer than asked for where it ends. */
  readBytes(offset: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length)
    return bytes.subarray(0, this.#file.read(bytes, offset))
  }

  close(): void {
    this.#file.close()
  }

  #readHeader(): boolean {
    if (this.#owner !== undefined) return true
    const bytes = this.readBytes(0, HEADER_LIMIT)
    const end = bytes.indexOf(10)
    if (end < 0) return false
    const line = new TextDecoder().decode(bytes.subarray(0, end))
    this.#owner = line.startsWith(MAGIC) ? parseOwner(line.slice(MAGIC.length)) : undefined
    this.#offset = this.#owner === undefined ? 0 : end + 1
    if (this.#owner !== undefined) return true
    // A power failure leaves zeros where the first line was; then no frame of this log was acknowledged.
    if (bytes[0] === 0) return false
    throw line.startsWith(ANY_VERSION) ? newerLog(this.name) : damagedLog(this.name)
  }

  /** Reads up to `size`, or until `limit` bytes were read. */
  #readFrames(size: number, placed: PlacedFrame[], limit = Number.POSITIVE_INFINITY): void {
    const start = this.#offset
    let want = CHUNK
    while (this.#offset < size && this.#offset - start < limit && !this.#hasEnded) {
      const bytes = this.readBytes(this.#offset, Math.min(want, size - this.#offset))
      const used = this.#parse(bytes, placed)
      if (used === 0) {
        want = frameLength(bytes, 0) ?? 0
        // As much as it says is not there, or is there and wrong.
        if (want <= bytes.length || want > size - this.#offset) {
          this.#checkTail(size)
          return
        }
      } else want = CHUNK
      this.#offset += used
    }
  }

  /** Throws where a whole frame stands after the one that is none: see the class. */
  #checkTail(size: number): void {
    if (size === this.#searchedSize) return
    const bytes = this.readBytes(this.#offset, size - this.#offset)
    for (let at = 1; at < bytes.length; at += 1) {
      if (frameSeq(bytes, at) <= this.#lastSeq) continue
      if (parseFrame(bytes, at, this.#checksum) !== undefined) throw damagedLog(this.name)
    }
    this.#searchedSize = size
  }

  #parse(bytes: Uint8Array, placed: PlacedFrame[]): number {
    let at = 0
    for (;;) {
      const frame = parseFrame(bytes, at, this.#checksum)
      if (frame === undefined) return at
      if (frame.kind === 'end') this.#hasEnded = true
      else placed.push({ frame, log: this, offset: this.#offset + at })
      this.#lastSeq = Math.max(this.#lastSeq, frame.seq)
      at += frame.length
      if (this.#hasEnded) return at
    }
  }
}

function newerLog(name: string): FirekeepError {
  return new FirekeepError(
    'UNSUPPORTED_FORMAT',
    `the log file ${name} was written by a newer version; upgrade`,
    {
      details: { name },
    },
  )
}

function damagedLog(name: string): FirekeepError {
  return new FirekeepError('CORRUPT', `the log file ${name} is damaged; restore the data from a replica`, {
    details: { name },
  })
}
