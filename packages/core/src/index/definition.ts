import { FirekeepError } from '../errors.js'
import type { PlainDocument } from '../state/stored-document.js'
import type { Emit, MapFunction } from './map-function.js'

/** A map function over documents of any type. */
export type AnyMapFunction = MapFunction<PlainDocument, unknown, unknown>

/** How documents are indexed. Made only by {@link parseDefinition}. */
export interface IndexDefinition {
  /** Definitions with equal identities share an index (map functions after a check on a sample). */
  readonly identity: string
  /** The user's function, where there is one: two functions of one identity may still differ in what they capture. */
  readonly map: AnyMapFunction | undefined
  /** Whether the index may be forgotten when many others are in use. */
  readonly isTransient: boolean
  /** Emits the rows of one document; may throw what the user's function throws. */
  readonly emitRows: (doc: PlainDocument, emit: Emit<unknown>) => void
}

/** The options that name a map function. */
export interface IndexNaming {
  readonly name?: unknown
  readonly version?: unknown
}

/**
 * Reads the first argument of a query: a field (`'state'`, `'author.name'`), a list of fields (array keys; a
 * document that lacks one is not indexed) or a map function. `INVALID_QUERY` when it is none of these,
 * `INVALID_OPTION` for a wrong `name` or `version`.
 *
 * A path steps through objects, and through arrays by position; a dot always separates steps.
 */
export function parseDefinition(index: unknown, naming: IndexNaming = {}): IndexDefinition {
  checkNaming(index, naming)
  if (typeof index === 'function') return mapDefinition(index as AnyMapFunction, naming)
  if (typeof index === 'string') return fieldDefinition(index)
  if (Array.isArray(index)) return fieldsDefinition(index)
  throw invalidIndex('a query takes a field, a list of fields or a map function')
}

function checkNaming(index: unknown, { name, version }: IndexNaming): void {
  if (name === undefined && version === undefined) return
  if (typeof index !== 'function')
    throw invalidNaming('name', 'and `version` are for map functions; a field needs none')
  if (typeof name !== 'string' || name === '')
    throw invalidNaming('name', 'must be a string that is not empty')
  if (version !== undefined && typeof version !== 'string' && !Number.isFinite(version)) {
    throw invalidNaming('version', 'must be a number or a string')
  }
}

function fieldDefinition(field: string): IndexDefinition {
  const path = parsePath(field)
  return {
    identity: `field:${field}`,
    map: undefined,
    isTransient: false,
    emitRows: (doc, emit) => {
      const key = readPath(doc, path)
      if (key !== undefined) emit(key)
    },
  }
}

function fieldsDefinition(fields: readonly unknown[]): IndexDefinition {
  if (fields.length === 0) throw invalidIndex('a list of fields must name at least one')
  const paths = fields.map(parsePath)
  return {
    identity: `fields:${JSON.stringify(fields)}`,
    map: undefined,
    isTransient: false,
    emitRows: (doc, emit) => {
      const key = paths.map(path => readPath(doc, path))
      if (!key.includes(undefined)) emit(key)
    },
  }
}

function mapDefinition(map: AnyMapFunction, { name, version }: IndexNaming): IndexDefinition {
  return {
    identity: name === undefined ? sourceIdentity(map) : `name:${JSON.stringify([name, version])}`,
    map,
    isTransient: name === undefined,
    emitRows: (doc, emit) => emitMapped(map, doc, emit),
  }
}

/** What the function returns counts only if it did not emit, so that `doc => doc.tags.map(tag => emit(tag))` works. */
function emitMapped(map: AnyMapFunction, doc: PlainDocument, emit: Emit<unknown>): void {
  let hasEmitted = false
  let hasEnded = false
  const returned: unknown = map(doc, (key, value) => {
    if (hasEnded)
      throw new FirekeepError('INVALID_QUERY', 'emit was called after the map function had returned')
    hasEmitted = true
    emit(key, value)
  })
  hasEnded = true
  if (returned instanceof Promise) {
    returned.catch(() => undefined)
    throw new FirekeepError('INVALID_QUERY', 'a map function must not be async')
  }
  if (!hasEmitted && returned !== undefined) emit(returned)
}

const identityByNative = new WeakMap<AnyMapFunction, string>()
let nativeCount = 0

/** Bound and built-in functions all have one source text, so each of them is an identity of its own. */
function sourceIdentity(map: AnyMapFunction): string {
  const source = Function.prototype.toString.call(map)
  if (!source.endsWith('{ [native code] }')) return `source:${source}`
  let identity = identityByNative.get(map)
  if (identity === undefined) {
    nativeCount += 1
    identity = `native:${nativeCount}`
    identityByNative.set(map, identity)
  }
  return identity
}

function parsePath(field: unknown): readonly string[] {
  if (typeof field !== 'string') throw invalidIndex('a list of fields holds strings only')
  const path = field.split('.')
  if (path.includes('')) throw invalidIndex(`"${field}" is no field: write a name, or names joined by dots`)
  return path
}

function readPath(doc: PlainDocument, path: readonly string[]): unknown {
  let value: unknown = doc
  for (const step of path) {
    if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return undefined
    if (!Object.hasOwn(value, step) || (Array.isArray(value) && step === 'length')) return undefined
    value = (value as Record<string, unknown>)[step]
  }
  return value
}

function invalidIndex(message: string): FirekeepError {
  return new FirekeepError('INVALID_QUERY', message)
}

function invalidNaming(option: string, rule: string): FirekeepError {
  return new FirekeepError('INVALID_OPTION', `option \`${option}\` ${rule}`, { details: { option } })
}
