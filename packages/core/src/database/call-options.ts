import type { CompactOptions } from '../compact/compactor.js'
import { FirekeepError } from '../errors.js'
import { reportUncaught } from '../primitives/emitter.js'
import { CheckedOptions } from '../query/checked-options.js'
import type { Clock } from './document-types.js'
import type { ByteSink, ExportOptions } from './exchange/exchange-types.js'

/** Checks the options of long work. */
export function readWorkOptions(options: unknown, more: readonly string[] = []) {
  const given = new CheckedOptions(options, ['signal', 'onProgress', ...more])
  const before = given.get('before')
  return {
    // The caller may change it while the work begins.
    before: before instanceof Date ? new Date(before) : Array.isArray(before) ? [...before] : before,
    signal: given.get('signal') as AbortSignal | undefined,
    onProgress: given.get('onProgress') as CompactOptions['onProgress'],
  }
}

/** Checks the options of `compact`. */
export function readCompactOptions(options: unknown) {
  const request = readWorkOptions(options, ['before', 'archive'])
  const archive = new CheckedOptions(options, ['before', 'archive', 'signal', 'onProgress']).get('archive')
  if (archive !== undefined && typeof archive !== 'function')
    throw invalidOption('archive', 'is a function that takes bytes')
  if (archive === undefined && request.before !== undefined)
    throw invalidOption('before', 'goes with `archive`; to erase what is older, call prune')
  return { ...request, archive: archive as ByteSink | undefined }
}

/** Checks the options of `export`. */
export function readArchiveOptions(options: unknown) {
  const given = new CheckedOptions(options, ['sealed', 'files', 'signal', 'onProgress'])
  return {
    sealed: given.flag('sealed', false),
    files: given.flag('files', true),
    signal: given.get('signal') as AbortSignal | undefined,
    onProgress: given.get('onProgress') as ExportOptions['onProgress'],
  }
}

/** Checks the options of `put` and `del`. */
export function readPutOptions(options: unknown, more: readonly 'onProgress'[] = []) {
  const given = new CheckedOptions(options, ['basedOn', 'ifStale', 'signal', ...more])
  const ifStale = given.get('ifStale')
  if (ifStale !== undefined && ifStale !== 'conflict' && ifStale !== 'fail') {
    throw invalidOption('ifStale', "is 'conflict' or 'fail'")
  }
  return {
    basedOn: given.get('basedOn') as Clock | undefined,
    signal: given.get('signal') as AbortSignal | undefined,
    failIfStale: ifStale === 'fail',
    onProgress: given.get('onProgress') as CompactOptions['onProgress'],
  }
}

/** How to attach a remote, checked. */
export interface AttachOptions {
  readonly prefetch: boolean
  readonly database: string | undefined
  readonly onError: (error: FirekeepError) => void
}

export function readAttachOptions(options: unknown, report: (error: FirekeepError) => void): AttachOptions {
  const given = new CheckedOptions(options, ['prefetch', 'database', 'onError'])
  const {
    prefetch = true,
    database,
    onError = report,
  } = {
    prefetch: given.get('prefetch'),
    database: given.get('database'),
    onError: given.get('onError'),
  }
  if (typeof prefetch !== 'boolean') throw invalidOption('prefetch', 'is true or false')
  if (database !== undefined && typeof database !== 'string')
    throw invalidOption('database', 'is the id of a database, as `identity` tells it')
  if (typeof onError !== 'function') throw invalidOption('onError', 'is a function')
  return { prefetch, database, onError: safely(onError as AttachOptions['onError']) }
}

/** A listener that throws is reported and stops nothing. */
function safely(listener: AttachOptions['onError']): AttachOptions['onError'] {
  return error => {
    try {
      listener(error)
    } catch (thrown) {
      reportUncaught(thrown)
    }
  }
}

function invalidOption(option: string, rule: string): FirekeepError {
  return new FirekeepError('INVALID_OPTION', `option \`${option}\` ${rule}`, { details: { option } })
}

/** The document under this id; what is no plain object stays as it is, to be refused. */
export function withId(doc: unknown, id: string): unknown {
  if (typeof doc !== 'object' || doc === null) return doc
  const prototype: unknown = Object.getPrototypeOf(doc)
  const isPlain = prototype === null || Object.getPrototypeOf(prototype) === null
  return isPlain ? { ...doc, _id: id } : doc
}

/** As {@link withId}, where a document that names another id is a mistake. */
export function withOwnId(doc: unknown, id: string): unknown {
  const own = withId(doc, id)
  const given: unknown = own === doc ? undefined : (doc as Record<string, unknown>)._id
  if (given === undefined || given === id) return own
  throw new FirekeepError(
    'INVALID_DOCUMENT',
    `_id is ${JSON.stringify(given)}, but what is resolved is ${JSON.stringify(id)}`,
    { details: { path: '_id' } },
  )
}
