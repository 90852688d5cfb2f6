import { FirekeepError } from '../errors.js'
import { bytesToUtf8, fromBase64, toBase64, utf8ToBytes } from '../primitives/bytes.js'
import { isWellFormed } from '../primitives/well-formed.js'
import { isReserved, MAX_BODY_BYTES, MAX_DEPTH } from './document.js'
import { copyFileInfo, type FileInfo, isFileInfo, isInOrder } from './file-info.js'
import { type AttachedFile, createStoredFile } from './stored-file.js'

/**
 * The body block of a version: the JSON text of `[salt, fields]` or `[salt, fields, files]`, which is DAG-JSON
 * (`docs/format.md`).
 *
 * `fields` must come from `normalizeDocument`, `salt` is 16 random bytes, so that equal documents have different
 * content ids. `LIMIT_EXCEEDED` when the body is larger than 16 MiB.
 *
 * Native `JSON` does the work; only bytes and keys made of slashes, which DAG-JSON reserves, are rewritten first.
 */
export function encodeBody(
  fields: Readonly<Record<string, unknown>>,
  salt: Uint8Array,
  files?: ReadonlyMap<string, FileInfo>,
): Uint8Array {
  const body = [toBase64(salt), escapeValue(fields)]
  if (files !== undefined && files.size > 0) body.push(filesToJson(files))
  const bytes = utf8ToBytes(JSON.stringify(body))
  if (bytes.length <= MAX_BODY_BYTES) return bytes
  throw new FirekeepError(
    'LIMIT_EXCEEDED',
    `a document takes at most 16 MiB; this one takes ${bytes.length} bytes`,
    {
      details: { limit: MAX_BODY_BYTES, size: bytes.length },
    },
  )
}

/** A plain object, so that the names stand as those of fields do; `fromEntries` keeps `__proto__` a name. */
function filesToJson(files: ReadonlyMap<string, FileInfo>): Record<string, FileInfo> {
  return Object.fromEntries([...files].map(([name, info]) => [escapeKey(name), copyFileInfo(info)]))
}

/**
 * The document in a body: `_id`, its fields, then `_files` where it has any. A fresh copy at each call.
 *
 * `CORRUPT` unless the bytes are exactly what `encodeBody` makes of that document: one document and salt have one
 * body, on every runtime.
 */
export function decodeBody(
  id: string,
  bytes: Uint8Array,
): { readonly _id: string; readonly [field: string]: unknown } {
  try {
    return parseBody(id, bytes, checkBody(bytes))
  } catch (cause) {
    throw new FirekeepError('CORRUPT', `the content of document ${JSON.stringify(id)} is damaged`, {
      cause,
      details: { id },
    })
  }
}

/** `isNative` is what {@link checkBody} said of the body. */
function parseBody(id: string, bytes: Uint8Array, isNative: boolean) {
  const [, fields, files] = JSON.parse(bytesToUtf8(bytes)) as BodyJson
  const document = { _id: id, ...(isNative ? fields : unescapeFields(fields, MAX_DEPTH)) }
  return files === undefined ? document : { ...document, _files: parseFiles(id, files) }
}

type BodyJson = [salt: string, fields: Record<string, unknown>, files?: Record<string, unknown>]

function parseFiles(id: string, files: Record<string, unknown>): Record<string, AttachedFile> {
  const entries = Object.entries(files)
  check(entries.length > 0)
  return Object.fromEntries(
    entries.map(([key, info]) => {
      check(isRecord(info) && isFileInfo(info) && isInOrder(info))
      const name = unescapeKey(key)
      return [name, createStoredFile(id, name, info)]
    }),
  )
}

/** Checks all but what reserved keys stand for; answers whether there are none. */
function checkBody(bytes: Uint8Array): boolean {
  check(bytes.length <= MAX_BODY_BYTES)
  // Before parsing: engines parse and print by recursion. One level is the pair, two may be tagged bytes.
  const depth = depthOf(bytes)
  check(depth <= MAX_DEPTH + 3)
  const text = bytesToUtf8(bytes)
  const body: unknown = JSON.parse(text)
  check(Array.isArray(body) && isSalt(body[0]) && isRecord(body[1]))
  check(body.length === 2 || (body.length === 3 && isRecord(body[2])))
  // Printing it again refuses whatever has a second spelling: repeated keys, spaces, 1e2, −0, needless escapes.
  check(JSON.stringify(body) === text)
  for (const key of Object.keys(body[1])) check(!isReserved(key))
  // Bytes and escaped keys show a key that starts with a slash; lone surrogates come only as \u escapes.
  return depth <= MAX_DEPTH + 1 && !text.includes('"/') && !text.includes('\\u')
}

/** 16 bytes in base64 without padding; the last letter holds two bits. */
function isSalt(text: unknown): boolean {
  return typeof text === 'string' && /^[A-Za-z0-9+/]{21}[AQgw]$/.test(text)
}

/** How many brackets are open at once, at most; 0 where there are too few of them for it to matter. */
function depthOf(json: Uint8Array): number {
  let openers = 0
  for (let i = 0; i < json.length; i++) if (((json[i] as number) | 0x20) === 0x7b) openers++
  return openers <= MAX_DEPTH ? 0 : depthOutsideStrings(json)
}

function depthOutsideStrings(json: Uint8Array): number {
  let depth = 0
  let deepest = 0
  let inString = false
  for (let i = 0; i < json.length; i++) {
    const byte = json[i] as number
    if (inString && byte === 0x5c) i++
    else if (byte === 0x22) inString = !inString
    else if (inString) continue
    else if ((byte | 0x20) === 0x7b) deepest = Math.max(deepest, ++depth)
    else if ((byte | 0x20) === 0x7d) depth--
  }
  return deepest
}

/** The value with bytes tagged and slash keys lengthened, as DAG-JSON wants it; the same object where there is nothing to do. */
export function escapeValue(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Uint8Array) return { '/': { bytes: toBase64(value) } }
  if (Array.isArray(value)) return mapArray(value, escapeValue)
  return mapFields(value as Record<string, unknown>, escapeValue, escapeKey)
}

function escapeKey(key: string): string {
  return isSlashes(key) ? `/${key}` : key
}

/** The fields behind {@link escapeValue}. Throws where they are not what it makes, or nest deeper than `levels`. */
export function unescapeFields(fields: Record<string, unknown>, levels: number): Record<string, unknown> {
  check(levels > 0)
  return mapFields(fields, value => unescapeValue(value, levels - 1), unescapeKey)
}

function unescapeValue(value: unknown, levels: number): unknown {
  if (typeof value === 'string') check(isWellFormed(value))
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) {
    check(levels > 0)
    return mapArray(value, item => unescapeValue(item, levels - 1))
  }
  return (
    taggedBytes(value as Record<string, unknown>) ?? unescapeFields(value as Record<string, unknown>, levels)
  )
}

function unescapeKey(key: string): string {
  check(isWellFormed(key) && key !== '/')
  return isSlashes(key) ? key.slice(1) : key
}

/** The bytes of `{"/":{"bytes":"…"}}`; whatever else stands under that key fails, as the key is reserved. */
function taggedBytes(value: Record<string, unknown>): Uint8Array | undefined {
  if (!Object.hasOwn(value, '/')) return undefined
  const tag = value['/']
  check(Object.keys(value).length === 1 && isRecord(tag) && Object.keys(tag).length === 1)
  check(Object.hasOwn(tag, 'bytes') && typeof tag.bytes === 'string')
  const bytes = fromBase64(tag.bytes)
  check(bytes !== undefined)
  return bytes
}

function isSlashes(key: string): boolean {
  return key.charCodeAt(0) === 0x2f && /^\/+$/.test(key)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** `map` over the items; the same array when no item changed. */
function mapArray(array: readonly unknown[], map: (item: unknown) => unknown): readonly unknown[] {
  let copy: unknown[] | undefined
  for (let i = 0; i < array.length; i++) {
    const item = map(array[i])
    if (item !== array[i]) copy ??= array.slice(0, i)
    copy?.push(item)
  }
  return copy ?? array
}

/** `map` over the fields and `rename` over their keys, in order; the same object when nothing changed. */
function mapFields(
  fields: Record<string, unknown>,
  map: (value: unknown) => unknown,
  rename: (key: string) => string,
): Record<string, unknown> {
  const keys = Object.keys(fields)
  let copy: [string, unknown][] | undefined
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as string
    const name = rename(key)
    const value = map(fields[key])
    if (name !== key || value !== fields[key]) copy ??= Object.entries(fields).slice(0, i)
    copy?.push([name, value])
  }
  // `fromEntries` defines fields, so that `__proto__` stays a field.
  return copy === undefined ? fields : Object.fromEntries(copy)
}

function check(condition: unknown): asserts condition {
  if (!condition) throw new SyntaxError('not a document body')
}
