/** Byte strings: comparison, joining, and their text forms. Nothing here changes what it is given. */

const encoder = new TextEncoder()
// `ignoreBOM` keeps a leading byte order mark as the character it is; without it decoding would not be injective.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Whether both hold the same bytes. Not for secrets: it stops at the first difference. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

/** Lexicographic byte order, as a comparator: a prefix comes before what it is a prefix of. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const difference = (a[i] as number) - (b[i] as number)
    if (difference !== 0) return difference
  }
  return a.length - b.length
}

/** One new array with all parts in order. */
export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0
  for (const part of parts) length += part.length
  const joined = new Uint8Array(length)
  let offset = 0
  for (const part of parts) {
    joined.set(part, offset)
    offset += part.length
  }
  return joined
}

/** UTF-8. Trap: a lone surrogate becomes U+FFFD; check `isWellFormed` before where that matters. */
export function utf8ToBytes(text: string): Uint8Array {
  // The call to the platform costs more than a short text; most ids are short, and ASCII.
  if (text.length > SHORT) return encoder.encode(text)
  const bytes = new Uint8Array(text.length)
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit > 127) return encoder.encode(text)
    bytes[i] = unit
  }
  return bytes
}

const SHORT = 64

/** Strict UTF-8: throws a `TypeError` where the bytes are none, and keeps a byte order mark. */
export function bytesToUtf8(bytes: Uint8Array): string {
  return decoder.decode(bytes)
}

// Function arguments live on the stack, so a big array is turned into text by slices.
const SLICE = 8192

/** A string of char codes 0–255, one per byte: a map key, and ordered by `<` as the bytes are. */
export function bytesToBinary(bytes: Uint8Array): string {
  if (bytes.length <= SLICE) return String.fromCharCode(...bytes)
  let binary = ''
  for (let start = 0; start < bytes.length; start += SLICE) {
    binary += String.fromCharCode(...bytes.subarray(start, start + SLICE))
  }
  return binary
}

/** The bytes behind {@link bytesToBinary}. */
export function binaryToBytes(binary: string): Uint8Array {
  const bytes = new Uint8Array(binary.length)
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i)
  return bytes
}

/**
 * The bytes of a bound among binary strings. One that ends with a char above every byte stands behind all that
 * starts as it does: then the least bytes behind those; `undefined` where nothing is behind them.
 */
export function boundToBytes(bound: string): Uint8Array | undefined {
  if (bound === '' || bound.charCodeAt(bound.length - 1) <= 0xff) return binaryToBytes(bound)
  let end = bound.length - 1
  while (end > 0 && bound.charCodeAt(end - 1) === 0xff) end -= 1
  if (end === 0) return undefined
  const bytes = binaryToBytes(bound.slice(0, end))
  bytes[end - 1] = (bytes[end - 1] as number) + 1
  return bytes
}

/**
 * The UTF-8 bytes of a text as a binary string, so that `<` is code point order (plain `<` on text is the order
 * of UTF-16 units, which differs above U+FFFF). ASCII text is returned as it is.
 */
export function textToOrderedKey(text: string): string {
  return isAscii(text) ? text : bytesToBinary(encoder.encode(text))
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 127) return false
  return true
}

const HEX = '0123456789abcdef'

/** Lower-case hexadecimal. */
export function toHex(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += HEX.charAt(byte >> 4) + HEX.charAt(byte & 15)
  return text
}

/** The bytes behind {@link toHex}; `undefined` unless the text is lower-case hexadecimal of whole bytes. */
export function fromHex(text: string): Uint8Array | undefined {
  if (text.length % 2 !== 0) return undefined
  const bytes = new Uint8Array(text.length / 2)
  for (let i = 0; i < bytes.length; i++) {
    const high = HEX.indexOf(text.charAt(2 * i))
    const low = HEX.indexOf(text.charAt(2 * i + 1))
    if (high < 0 || low < 0) return undefined
    bytes[i] = high * 16 + low
  }
  return bytes
}

/** Base64 in the standard alphabet, without padding. */
export function toBase64(bytes: Uint8Array): string {
  const padded = btoa(bytesToBinary(bytes))
  return padded.slice(0, padded.length - ((3 - (bytes.length % 3)) % 3))
}

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
let sextetByCharCode: Uint8Array | undefined

/** The bytes behind {@link toBase64}; `undefined` for any other text, so that bytes have exactly one text. */
export function fromBase64(text: string): Uint8Array | undefined {
  sextetByCharCode ??= invert(BASE64)
  const bytes = new Uint8Array(Math.floor((text.length * 6) / 8))
  let bits = 0
  let count = 0
  let length = 0
  for (let i = 0; i < text.length; i++) {
    const sextet = sextetByCharCode[text.charCodeAt(i)]
    if (sextet === undefined || sextet === UNUSED) return undefined
    bits = ((bits << 6) | sextet) & 0xfff
    count += 6
    if (count < 8) continue
    count -= 8
    bytes[length++] = bits >> count
  }
  const leftOver = bits & ((1 << count) - 1)
  return count === 6 || leftOver !== 0 ? undefined : bytes
}

const UNUSED = 255

function invert(alphabet: string): Uint8Array {
  const table = new Uint8Array(128).fill(UNUSED)
  for (let i = 0; i < alphabet.length; i++) table[alphabet.charCodeAt(i)] = i
  return table
}

/** Base64 in the alphabet that is safe in URLs, without padding. */
export function toBase64Url(bytes: Uint8Array): string {
  return toBase64(bytes).replaceAll('+', '-').replaceAll('/', '_')
}

/** The bytes behind {@link toBase64Url}; `undefined` for any other text. */
export function fromBase64Url(text: string): Uint8Array | undefined {
  if (/[+/]/.test(text)) return undefined
  return fromBase64(text.replaceAll('-', '+').replaceAll('_', '/'))
}

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567'

/** Base32 in lower case, without padding. */
export function toBase32(bytes: Uint8Array): string {
  let text = ''
  let bits = 0
  let count = 0
  for (const byte of bytes) {
    bits = ((bits << 8) | byte) & 0xfff
    count += 8
    while (count >= 5) {
      count -= 5
      text += BASE32.charAt((bits >> count) & 31)
    }
  }
  return count === 0 ? text : text + BASE32.charAt((bits << (5 - count)) & 31)
}

/** The bytes behind {@link toBase32}; `undefined` for any other text. */
export function fromBase32(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(Math.floor((text.length * 5) / 8))
  let bits = 0
  let count = 0
  let length = 0
  for (let i = 0; i < text.length; i++) {
    const quintet = BASE32.indexOf(text.charAt(i))
    if (quintet < 0) return undefined
    bits = ((bits << 5) | quintet) & 0xfff
    count += 5
    if (count < 8) continue
    count -= 8
    bytes[length++] = bits >> count
  }
  const leftOver = bits & ((1 << count) - 1)
  return count >= 5 || leftOver !== 0 ? undefined : bytes
}

/**
 * Cryptographically random bytes, at most 65,536 of them. Short ones are cut from a pool, each byte handed out
 * once: a call to the platform costs several microseconds, whatever its size.
 */
export function randomBytes(length: number): Uint8Array {
  if (length > POOL_BYTES / 16) return crypto.getRandomValues(new Uint8Array(length))
  if (poolUsed + length > POOL_BYTES) {
    crypto.getRandomValues(pool)
    poolUsed = 0
  }
  const bytes = pool.slice(poolUsed, poolUsed + length)
  pool.fill(0, poolUsed, poolUsed + length)
  poolUsed += length
  return bytes
}

const POOL_BYTES = 4096
const pool = new Uint8Array(POOL_BYTES)
let poolUsed = POOL_BYTES
