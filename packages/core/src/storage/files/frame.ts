import { assert, FirekeepError } from '../../errors.js'

/**
 * One batch in a log file. All numbers are little-endian.
 *
 * | bytes | |
 * |---|---|
 * | u32 | length of the payload, never 0, so that a run of zeros is no frame |
 * | u32 | CRC-32 of the payload |
 * | u8 | kind: 1 batch, 2 end of the session |
 * | u64 | sequence number: ascending over all logs of the folder, in the order of the batches |
 * | u32, u32 | number of puts, number of deletes |
 * | per put | u16 key length, key; u8 0, u32 length, bytes; or u8 1, u8 name length, file name, u64 size |
 * | per delete | u16 key length, key |
 */
export interface Frame {
  readonly kind: 'batch' | 'end'
  readonly seq: number
  readonly puts: readonly FramePut[]
  readonly deletes: readonly string[]
  /** Bytes the frame takes in its log. */
  readonly length: number
}

/** Where a value lies: inside the frame, `offset` bytes from its start, or in a file of its own. */
export interface FramePut {
  readonly key: string
  readonly offset: number
  readonly length: number
  readonly file?: string
}

/** A value that was written to a file of its own. */
export interface FileValue {
  readonly file: string
  readonly length: number
}

export interface FrameContent {
  readonly kind?: 'batch' | 'end'
  readonly seq: number
  readonly puts: readonly (readonly [key: string, value: Uint8Array | FileValue])[]
  readonly deletes: readonly string[]
}

type Checksum = (bytes: Uint8Array) => number

const PREFIX = 8
const FIXED = 17
const KINDS = ['', 'batch', 'end'] as const
const MAX_KEY = 256

export function encodeFrame(content: FrameContent, checksum: Checksum): Uint8Array {
  const bytes = new Uint8Array(frameSize(content))
  const view = new DataView(bytes.buffer)
  view.setUint8(PREFIX, KINDS.indexOf(content.kind ?? 'batch'))
  writeUint64(view, PREFIX + 1, content.seq)
  view.setUint32(PREFIX + 9, content.puts.length, true)
  view.setUint32(PREFIX + 13, content.deletes.length, true)
  let at = PREFIX + FIXED
  for (const [key, value] of content.puts) {
    at = writeText16(view, at, key)
    at = value instanceof Uint8Array ? writeInline(view, at, value) : writeFileValue(view, at, value)
  }
  for (const key of content.deletes) at = writeText16(view, at, key)
  view.setUint32(0, bytes.length - PREFIX, true)
  view.setUint32(4, checksum(bytes.subarray(PREFIX)), true)
  return bytes
}

/**
 * The frame that starts at `at`, or `undefined` where there is no whole one: it is torn, or still being
 * written. A whole one of unknown kind is `UNSUPPORTED_FORMAT`.
 */
export function parseFrame(bytes: Uint8Array, at: number, checksum: Checksum): Frame | undefined {
  const length = frameLength(bytes, at)
  if (length === undefined || at + length > bytes.length) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, length)
  if (checksum(bytes.subarray(at + PREFIX, at + length)) !== view.getUint32(4, true)) return undefined
  const kind = KINDS[view.getUint8(PREFIX)]
  if (kind !== 'batch' && kind !== 'end') {
    throw new FirekeepError(
      'UNSUPPORTED_FORMAT',
      'a log file was written by a newer version; upgrade to open it',
    )
  }
  return { kind, seq: readUint64(view, PREFIX + 1), length, ...readOperations(view) }
}

/** What the frame that starts at `at` says about its length; `undefined` where not even that can be read. */
export function frameLength(bytes: Uint8Array, at: number): number | undefined {
  if (at + PREFIX > bytes.length) return undefined
  const length = new DataView(bytes.buffer, bytes.byteOffset + at, PREFIX).getUint32(0, true)
  return length < FIXED ? undefined : PREFIX + length
}

/** The sequence number of what may be a frame at `at`; 0 where its first bytes show that there is none. */
export function frameSeq(bytes: Uint8Array, at: number): number {
  const length = frameLength(bytes, at)
  if (length === undefined || at + length > bytes.length) return 0
  const kind = bytes[at + PREFIX] as number
  return kind === 0 || kind >= KINDS.length
    ? 0
    : readUint64(new DataView(bytes.buffer, bytes.byteOffset + at), PREFIX + 1)
}

function readOperations(view: DataView): Pick<Frame, 'puts' | 'deletes'> {
  const puts: FramePut[] = []
  const deletes: string[] = []
  let at = PREFIX + FIXED
  for (let count = view.getUint32(PREFIX + 9, true); count > 0; count -= 1) {
    const key = readText(view, at + 2, view.getUint16(at, true))
    at += 2 + key.length
    const put = view.getUint8(at) === 0 ? readInline(view, at + 1, key) : readFileValue(view, at + 1, key)
    puts.push(put)
    at = put.file === undefined ? put.offset + put.length : put.offset
  }
  for (let count = view.getUint32(PREFIX + 13, true); count > 0; count -= 1) {
    const key = readText(view, at + 2, view.getUint16(at, true))
    deletes.push(key)
    at += 2 + key.length
  }
  return { puts, deletes }
}

function readInline(view: DataView, at: number, key: string): FramePut {
  return { key, offset: at + 4, length: view.getUint32(at, true) }
}

/** `offset` is where the next field starts. */
function readFileValue(view: DataView, at: number, key: string): FramePut {
  const file = readText(view, at + 1, view.getUint8(at))
  const end = at + 1 + file.length
  return { key, offset: end + 8, length: readUint64(view, end), file }
}

function frameSize({ puts, deletes }: FrameContent): number {
  let size = PREFIX + FIXED
  for (const [key, value] of puts) {
    size += keySize(key) + 1
    size += value instanceof Uint8Array ? 4 + value.length : 9 + value.file.length
  }
  for (const key of deletes) size += keySize(key)
  return size
}

function keySize(key: string): number {
  assert(
    typeof key === 'string' && key.length <= MAX_KEY,
    'a storage key is a string of at most 256 characters',
  )
  return 2 + key.length
}

function writeInline(view: DataView, at: number, value: Uint8Array): number {
  view.setUint8(at, 0)
  view.setUint32(at + 1, value.length, true)
  new Uint8Array(view.buffer).set(value, at + 5)
  return at + 5 + value.length
}

function writeFileValue(view: DataView, at: number, { file, length }: FileValue): number {
  view.setUint8(at, 1)
  view.setUint8(at + 1, file.length)
  const end = writeText(view, at + 2, file)
  writeUint64(view, end, length)
  return end + 8
}

function writeText16(view: DataView, at: number, text: string): number {
  view.setUint16(at, text.length, true)
  return writeText(view, at + 2, text)
}

function writeText(view: DataView, at: number, text: string): number {
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    assert(code < 128, 'storage keys are ASCII')
    view.setUint8(at + index, code)
  }
  return at + text.length
}

function readText(view: DataView, at: number, length: number): string {
  let text = ''
  for (let index = 0; index < length; index += 1) text += String.fromCharCode(view.getUint8(at + index))
  return text
}

function writeUint64(view: DataView, at: number, value: number): void {
  view.setUint32(at, value % 2 ** 32, true)
  view.setUint32(at + 4, Math.floor(value / 2 ** 32), true)
}

function readUint64(view: DataView, at: number): number {
  return view.getUint32(at, true) + view.getUint32(at + 4, true) * 2 ** 32
}
