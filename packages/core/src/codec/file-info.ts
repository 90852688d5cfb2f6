import { fromBase32 } from '../primitives/bytes.js'
import { isWellFormed } from '../primitives/well-formed.js'

/** What a body keeps of an attachment. */
export interface FileInfo {
  /** Of the content: its only chunk, or the list of its chunks. */
  readonly cid: string
  /** Milliseconds since 1970. */
  readonly lastModified: number
  /** The file packs it lies in, as `docs/format.md` writes them. */
  readonly pack: string
  readonly size: number
  readonly type: string
}

const FIELDS = ['cid', 'lastModified', 'pack', 'size', 'type'] as const

/** The fields in the order of the format, and nothing else. */
export function copyFileInfo({ cid, lastModified, pack, size, type }: FileInfo): FileInfo {
  return { cid, lastModified, pack, size, type }
}

/** Whether a value has exactly the fields of an attachment, in whatever order, and each can be one. */
export function isFileInfo(value: object): value is FileInfo {
  const keys = Object.keys(value)
  if (keys.length !== FIELDS.length || !FIELDS.every(field => Object.hasOwn(value, field))) return false
  const { cid, lastModified, pack, size, type } = value as Record<keyof FileInfo, unknown>
  if (!Number.isSafeInteger(lastModified) || !Number.isSafeInteger(size) || (size as number) < 0) return false
  if (typeof type !== 'string' || !isWellFormed(type)) return false
  return isContentId(cid) && typeof pack === 'string' && packsOf(pack) !== undefined
}

/** Whether the fields stand in the order of the format. */
export function isInOrder(value: object): boolean {
  return Object.keys(value).join() === FIELDS.join()
}

function isContentId(text: unknown): boolean {
  if (typeof text !== 'string' || text[0] !== 'b') return false
  const bytes = fromBase32(text.slice(1))
  if (bytes?.length !== 36) return false
  const [version, codec, hash, length] = bytes
  return version === 1 && (codec === RAW || codec === DAG_CBOR) && hash === SHA2_256 && length === 32
}

// By the bytes: every page loads this at once, and the parser of CIDs and the hashes only when it needs them.
const RAW = 0x55
const DAG_CBOR = 0x71
const SHA2_256 = 0x12

/** A file pack as an attachment names it. */
export interface FilePackPlace {
  readonly name: string
  readonly length: number
  readonly directory: { readonly offset: number; readonly length: number }
}

const PACK = /^([a-z2-7]{52})\.([1-9]\d{0,9})\.([1-9]\d{0,9})$/

/** The packs of an attachment, that of the list of chunks first; `undefined` where the text names none. */
export function packsOf(pack: string): readonly FilePackPlace[] | undefined {
  const places = pack.split(' ').map(toPlace)
  const isEach = places.every(place => place !== undefined)
  return isEach && new Set(places.map(({ name }) => name)).size === places.length ? places : undefined
}

function toPlace(text: string): FilePackPlace | undefined {
  const [, name = '', lengthText, offsetText] = PACK.exec(text) ?? []
  const [length, offset] = [Number(lengthText), Number(offsetText)]
  if (fromBase32(name)?.length !== 32 || !(offset < length)) return undefined
  return { name, length, directory: { offset, length: length - offset } }
}

/** One pack as text, see {@link packsOf}. */
export function packToText({ name, length, directory }: FilePackPlace): string {
  return `${name}.${length}.${directory.offset}`
}
