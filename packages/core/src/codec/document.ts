import { FirekeepError } from '../errors.js'
import { dateToText, isDate, isUint8Array } from '../primitives/built-in.js'
import { isWellFormed } from '../primitives/well-formed.js'
import { documentIdProblem } from './document-id.js'
import { type FileDraft, readFileDraft } from './file-draft.js'
import { pathToText } from './path-to-text.js'

/** How deep objects and arrays may nest; the document itself is the first level. A constant of the format. */
export const MAX_DEPTH = 128

/** The largest encoded body, in bytes. A constant of the format. */
export const MAX_BODY_BYTES = 16 * 1024 * 1024

/** What a call stores: values that JSON and `Uint8Array` can express, copied from what the caller gave. */
export interface NormalizedDocument {
  /** `undefined` where the caller left `_id` out. */
  readonly id: string | undefined
  /** The caller wrote `{ _id, _deleted: true }`; `fields` is empty then. */
  readonly deleted: boolean
  /** Everything but `_id`, in the order of the caller's object. Belongs to nobody else. */
  readonly fields: Record<string, unknown>
  /** All attachments it is to have, by name; `undefined` for none. */
  readonly files: ReadonlyMap<string, FileDraft> | undefined
}

/**
 * Checks a document by the value rules and copies it. The caller's object is never changed or kept.
 *
 * `undefined` fields are dropped, a `Date` becomes its ISO string, −0 becomes 0, any `Uint8Array` is copied.
 * Everything else that is not JSON throws `INVALID_DOCUMENT`, as does a getter or proxy that throws;
 * `details.path` names the place, as in `tags[2].name`. `LIMIT_EXCEEDED` when it could never fit into a body.
 */
export function normalizeDocument(input: unknown): NormalizedDocument {
  const reader = new DocumentReader()
  try {
    return reader.readDocument(input)
  } catch (error) {
    if (error instanceof FirekeepError) throw error
    throw reader.refuse('cannot be read', error)
  }
}

class DocumentReader {
  /** Where the reader is: keys and array positions from the document down. */
  readonly #path: (string | number)[] = []
  /** The objects around the current value, outermost first. */
  readonly #around: object[] = []
  /** What is read so far takes at least this many bytes: a graph that unfolds without end stops here. */
  #size = 0

  readDocument(input: unknown): NormalizedDocument {
    if (!isPlainObject(input)) throw this.refuse(`is ${describe(input)}; a document is a plain object`)
    this.#enter(input)
    const fields: Record<string, unknown> = {}
    let id: string | undefined
    let deleted = false
    let files: Map<string, FileDraft> | undefined
    for (const key of this.#keysOf(input)) {
      this.#path.push(key)
      const value = input[key]
      if (!isReserved(key)) this.#copyField(fields, key, value)
      else if (key === '_id') id = this.#readId(value)
      else if (key === '_deleted') deleted = this.#readDeleted(value)
      else if (key === '_files') files = this.#readFiles(value)
      else this.#refuseReserved(value)
      this.#path.pop()
    }
    if (deleted) this.#checkDeletion(id, files === undefined ? fields : { ...fields, _files: files })
    return { id, deleted, fields, files }
  }

  /** An error about the current place. */
  refuse(problem: string, cause?: unknown): FirekeepError {
    const path = pathToText(this.#path)
    const place = path === '' ? 'the document' : path
    return new FirekeepError('INVALID_DOCUMENT', `${place} ${problem}`, { cause, details: { path } })
  }

  #readId(id: unknown): string | undefined {
    if (id === undefined) return undefined
    const problem = documentIdProblem(id)
    if (problem !== undefined) throw this.refuse(problem)
    return id as string
  }

  #readDeleted(value: unknown): boolean {
    if (value === undefined || typeof value === 'boolean') return value === true
    throw this.refuse('must be true or false')
  }

  #readFiles(value: unknown): Map<string, FileDraft> | undefined {
    if (value === undefined) return undefined
    if (!isPlainObject(value)) throw this.refuse(`is ${describe(value)}; it takes attachments by name`)
    const files = new Map<string, FileDraft>()
    for (const name of this.#keysOf(value)) {
      this.#path.push(name)
      const given = value[name]
      const draft = readFileDraft(given)
      if (draft !== undefined) files.set(name, draft)
      else if (given !== undefined)
        throw this.refuse(`is ${describe(given)}; an attachment is a File, a Blob, or one of a document`)
      this.#path.pop()
    }
    return files.size === 0 ? undefined : files
  }

  #refuseReserved(value: unknown): void {
    if (value === undefined) return
    throw this.refuse('starts with "_"; such names are reserved, so use another')
  }

  #checkDeletion(id: string | undefined, fields: Record<string, unknown>): void {
    const [field] = Object.keys(fields)
    this.#path.push(field ?? '_deleted')
    if (field !== undefined) throw this.refuse('stands beside "_deleted: true", which takes no other field')
    if (id === undefined) throw this.refuse('needs the "_id" of the document to delete')
  }

  #copyField(target: Record<string, unknown>, key: string, value: unknown): void {
    if (value === undefined) return
    this.#grow(key.length)
    const copy = this.#copy(value)
    if (key !== '__proto__') target[key] = copy
    else
      Object.defineProperty(target, key, {
        value: copy,
        writable: true,
        enumerable: true,
        configurable: true,
      })
  }

  #copy(value: unknown): unknown {
    this.#grow(1)
    switch (typeof value) {
      case 'string':
        if (!isWellFormed(value)) throw this.refuse('holds half a surrogate pair')
        this.#grow(value.length)
        return value
      case 'number':
        if (!Number.isFinite(value)) throw this.refuse(`is ${value}, which JSON cannot express`)
        return value === 0 ? 0 : value
      case 'boolean':
        return value
      case 'object':
        return value === null ? null : this.#copyObject(value)
      default:
        throw this.refuse(`is ${describe(value)}, which JSON cannot express`)
    }
  }

  #copyObject(value: object): unknown {
    if (Array.isArray(value)) return this.#copyArray(value)
    if (isPlainObject(value)) return this.#copyFields(value)
    if (isUint8Array(value)) return this.#copyBytes(value)
    if (!isDate(value)) throw this.refuse(`is ${describe(value)}; use plain objects, arrays or Uint8Array`)
    const text = dateToText(value)
    if (text === undefined) throw this.refuse('is an invalid Date')
    return text
  }

  #copyBytes(bytes: Uint8Array): Uint8Array {
    this.#grow(bytes.length)
    return new Uint8Array(bytes)
  }

  #copyArray(array: readonly unknown[]): unknown[] {
    this.#enter(array)
    const copies: unknown[] = []
    // By position, as `for…of` would run an iterator that the array may carry; a hole reads as `undefined`.
    const { length } = array
    for (let i = 0; i < length; i++) {
      this.#path.push(i)
      copies.push(this.#copy(array[i]))
      this.#path.pop()
    }
    this.#around.pop()
    return copies
  }

  #copyFields(object: Record<string, unknown>): Record<string, unknown> {
    this.#enter(object)
    const copies: Record<string, unknown> = {}
    for (const key of this.#keysOf(object)) {
      this.#path.push(key)
      this.#copyField(copies, key, object[key])
      this.#path.pop()
    }
    this.#around.pop()
    return copies
  }

  #keysOf(object: object): string[] {
    for (const symbol of Object.getOwnPropertySymbols(object)) {
      // Only those that a copy would silently lose; libraries keep their notes in hidden ones.
      if (Object.prototype.propertyIsEnumerable.call(object, symbol)) {
        throw this.refuse(`has the key ${String(symbol)}; keys must be strings`)
      }
    }
    const keys = Object.keys(object)
    for (const key of keys) if (!isWellFormed(key)) throw this.refuse('has a key with half a surrogate pair')
    return keys
  }

  #grow(bytes: number): void {
    this.#size += bytes
    if (this.#size <= MAX_BODY_BYTES) return
    throw new FirekeepError('LIMIT_EXCEEDED', 'a document takes at most 16 MiB; split this one', {
      details: { limit: MAX_BODY_BYTES },
    })
  }

  #enter(container: object): void {
    if (this.#around.includes(container)) throw this.refuse('contains itself')
    if (this.#around.length === MAX_DEPTH) throw this.refuse(`nests deeper than ${MAX_DEPTH} levels`)
    this.#around.push(container)
  }
}

/** Whether a field of the document itself is Firekeep's; `__proto__` is data, as it is everywhere else. */
export function isReserved(field: string): boolean {
  return field.charCodeAt(0) === UNDERSCORE && field !== '__proto__'
}

const UNDERSCORE = 0x5f

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false
  const prototype = Object.getPrototypeOf(value)
  if (prototype === Object.prototype || prototype === null) return true
  // `Object.prototype` of another realm: the end of a chain, and it has what only that prototype has itself.
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, 'isPrototypeOf')
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  if (Array.isArray(value)) return 'an array'
  if (typeof value !== 'object') return `a ${typeof value}`
  const name: unknown = Object.getPrototypeOf(value)?.constructor?.name
  return typeof name === 'string' && name !== '' ? `an instance of ${name}` : 'an object with a prototype'
}
