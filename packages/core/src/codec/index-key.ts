import { FirekeepError } from '../errors.js'
import { dateToText, isDate, isUint8Array } from '../primitives/built-in.js'
import { binaryToBytes, bytesToBinary, bytesToUtf8, utf8ToBytes } from '../primitives/bytes.js'
import { isWellFormed } from '../primitives/well-formed.js'

/** What an index can be sorted by. */
export type IndexKey = null | boolean | number | string | Uint8Array | readonly IndexKey[]

/** The longest encoded key, in bytes. A constant of the format. */
export const MAX_INDEX_KEY_BYTES = 4096

const MAX_NESTING = 128

// The first byte of each key: the order of the kinds. All are above the end mark and above both escapes.
const TAG = {
  null: '\x10',
  false: '\x20',
  true: '\x21',
  number: '\x30',
  string: '\x40',
  bytes: '\x50',
  array: '\x60',
} as const

/** Ends strings, bytes and arrays. Below everything that may follow instead, so that a prefix comes first. */
const END = '\x00'

/** Above every byte that may follow in a string, and above every tag. */
const ABOVE_ALL = '\xff'

/**
 * The key as a binary string (char codes 0–255) whose `<` order is
 * `null < false < true < numbers < strings (code point) < Uint8Array < arrays (elementwise)`.
 *
 * Every key says where it ends, so whatever is appended sorts within equal keys. A `Date` counts as its ISO
 * string, −0 as 0. `undefined` for what is no key: objects, `undefined`, NaN, invalid dates, lone surrogates, an
 * array that holds one of these, and anything beyond 4 KiB.
 */
export function encodeIndexKey(value: unknown): string | undefined {
  const key = encodeKey(value, MAX_NESTING)
  return key !== undefined && key.length <= MAX_INDEX_KEY_BYTES ? key : undefined
}

/** The key behind {@link encodeIndexKey}. `CORRUPT` when the binary string is not one whole key. */
export function decodeIndexKey(binary: string): IndexKey {
  const reader = new KeyReader(binary)
  const key = reader.readKey(MAX_NESTING)
  reader.checkEnd()
  return key
}

/**
 * The encoded keys `from <= key < to` that begin with `prefix`: strings by their start, arrays by their first
 * elements. Appended bytes below 0xff stay inside. `undefined` when `prefix` is neither, or beyond 4 KiB.
 */
export function indexKeyPrefixRange(
  prefix: unknown,
): { readonly from: string; readonly to: string } | undefined {
  if (typeof prefix !== 'string' && !Array.isArray(prefix)) return undefined
  const from = encodeIndexKey(prefix)?.slice(0, -END.length)
  return from === undefined ? undefined : { from, to: from + ABOVE_ALL }
}

function encodeKey(value: unknown, nesting: number): string | undefined {
  switch (typeof value) {
    case 'string':
      return encodeString(value)
    case 'number':
      return Number.isNaN(value) ? undefined : TAG.number + encodeNumber(value)
    case 'boolean':
      return value ? TAG.true : TAG.false
    case 'object':
      return value === null ? TAG.null : encodeObject(value, nesting)
    default:
      return undefined
  }
}

function encodeObject(value: object, nesting: number): string | undefined {
  if (Array.isArray(value)) return nesting === 0 ? undefined : encodeArray(value, nesting - 1)
  if (isUint8Array(value)) {
    return value.length >= MAX_INDEX_KEY_BYTES ? undefined : TAG.bytes + escapeLow(bytesToBinary(value)) + END
  }
  const text = isDate(value) ? dateToText(value) : undefined
  return text === undefined ? undefined : encodeString(text)
}

function encodeArray(array: readonly unknown[], nesting: number): string | undefined {
  let key: string = TAG.array
  for (const item of array) {
    const element = encodeKey(item, nesting)
    // Stopping at the limit also bounds the work for arrays that contain each other many times.
    if (element === undefined || key.length + element.length >= MAX_INDEX_KEY_BYTES) return undefined
    key += element
  }
  return key + END
}

function encodeString(text: string): string | undefined {
  if (text.length >= MAX_INDEX_KEY_BYTES) return undefined
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit <= ESCAPE || unit > 127) return isWellFormed(text) ? encodeUnusual(text) : undefined
  }
  return TAG.string + text + END
}

function encodeUnusual(text: string): string {
  return TAG.string + escapeLow(bytesToBinary(utf8ToBytes(text))) + END
}

/** The two lowest bytes get two bytes each, which makes room for {@link END} below them and keeps the order. */
const ESCAPE = 0x01

function escapeLow(binary: string): string {
  let escaped = ''
  let start = 0
  for (let i = 0; i < binary.length; i++) {
    const byte = binary.charCodeAt(i)
    if (byte > ESCAPE) continue
    escaped += binary.slice(start, i) + (byte === 0 ? '\x01\x01' : '\x01\x02')
    start = i + 1
  }
  return escaped + binary.slice(start)
}

const view = new DataView(new ArrayBuffer(8))

/** IEEE 754, big endian, with the sign turned round and negative numbers inverted: order of bytes is order of numbers. */
function encodeNumber(value: number): string {
  view.setFloat64(0, value === 0 ? 0 : value)
  const isNegative = view.getUint8(0) >= 0x80
  const high = isNegative ? ~view.getUint32(0) : view.getUint32(0) | 0x80000000
  const low = isNegative ? ~view.getUint32(4) : view.getUint32(4)
  return fourBytes(high) + fourBytes(low)
}

function fourBytes(word: number): string {
  return String.fromCharCode((word >>> 24) & 255, (word >>> 16) & 255, (word >>> 8) & 255, word & 255)
}

class KeyReader {
  readonly #binary: string
  #offset = 0

  constructor(binary: string) {
    this.#binary = binary
  }

  readKey(nesting: number): IndexKey {
    const tag = this.#binary.charAt(this.#offset++)
    switch (tag) {
      case TAG.null:
        return null
      case TAG.false:
        return false
      case TAG.true:
        return true
      case TAG.number:
        return this.#readNumber()
      case TAG.string:
        return this.#readText()
      case TAG.bytes:
        return binaryToBytes(this.#readEscaped())
      case TAG.array:
        return this.#readArray(nesting)
      default:
        throw damaged()
    }
  }

  checkEnd(): void {
    if (this.#offset !== this.#binary.length) throw damaged()
  }

  #readNumber(): number {
    const bytes = binaryToBytes(this.#binary.slice(this.#offset, this.#offset + 8))
    if (bytes.length < 8) throw damaged()
    this.#offset += 8
    const mask = (bytes[0] as number) < 0x80 ? 0xff : 0
    for (let i = 0; i < 8; i++) view.setUint8(i, (bytes[i] as number) ^ (i === 0 && mask === 0 ? 0x80 : mask))
    return view.getFloat64(0)
  }

  #readText(): string {
    const binary = this.#readEscaped()
    try {
      return bytesToUtf8(binaryToBytes(binary))
    } catch (cause) {
      throw damaged(cause)
    }
  }

  #readEscaped(): string {
    const end = this.#binary.indexOf(END, this.#offset)
    if (end < 0) throw damaged()
    const escaped = this.#binary.slice(this.#offset, end)
    this.#offset = end + END.length
    return unescapeLow(escaped)
  }

  #readArray(nesting: number): IndexKey[] {
    if (nesting === 0) throw damaged()
    const array: IndexKey[] = []
    while (this.#binary.charAt(this.#offset) !== END) array.push(this.readKey(nesting - 1))
    this.#offset += END.length
    return array
  }
}

function unescapeLow(escaped: string): string {
  if (!escaped.includes('\x01')) return escaped
  let binary = ''
  for (let i = 0; i < escaped.length; i++) {
    const byte = escaped.charCodeAt(i)
    if (byte !== ESCAPE) {
      binary += escaped.charAt(i)
      continue
    }
    const next = escaped.charCodeAt(++i)
    if (next !== 1 && next !== 2) throw damaged()
    binary += String.fromCharCode(next - 1)
  }
  return binary
}

function damaged(cause?: unknown): FirekeepError {
  return new FirekeepError('CORRUPT', 'an index key is damaged; the index is made anew from the documents', {
    cause,
  })
}
