import { FirekeepError } from '../errors.js'
import { copyFileInfo, type FileInfo } from './file-info.js'

/** Loads what attachments hold: the files of one open database. */
export interface FileSource {
  /** Names the storage of its database; `undefined` until that is known, and known from then on. */
  readonly storageId: string | undefined
  file(place: FilePlace, options: unknown): Promise<File>
  stream(place: FilePlace, options: unknown): ReadableStream<Uint8Array>
}

/** An attachment of a document. */
export interface FilePlace {
  readonly id: string
  readonly name: string
  readonly info: FileInfo
}

/** An attachment as documents have it: data that can be cloned and stored, and the two ways to its content. */
export interface AttachedFile extends FileInfo {
  file(options?: unknown): Promise<File>
  stream(options?: unknown): ReadableStream<Uint8Array>
}

const sourceByFile = new WeakMap<object, FileSource>()

/**
 * Makes an attachment of a document. It never changes, so that copies of the document share it; what is hidden in it does
 * not hinder cloning, comparing or JSON.
 */
export function createStoredFile(id: string, name: string, fields: FileInfo): AttachedFile {
  const info = copyFileInfo(fields)
  const mustGetSource = () => {
    const source = sourceByFile.get(stored)
    if (source !== undefined) return source
    const message = `attachment ${JSON.stringify(name)} was not read from a database`
    throw new FirekeepError('FILE_UNAVAILABLE', message, { details: { id, file: name } })
  }
  const file = async (options?: unknown) => mustGetSource().file({ id, name, info }, options)
  const stream = (options?: unknown) => mustGetSource().stream({ id, name, info }, options)
  const stored = Object.freeze(
    Object.defineProperties({ ...info }, { file: { value: file }, stream: { value: stream } }),
  ) as AttachedFile
  return stored
}

/** The document, with its attachments ready to be loaded from there. Every way out of a database passes here. */
export function bindFiles<D extends object | undefined>(doc: D, source: FileSource | undefined): D {
  const files = (doc as { readonly _files?: Record<string, object> } | undefined)?._files
  if (files === undefined || source === undefined) return doc
  for (const name of Object.keys(files)) sourceByFile.set(files[name] as object, source)
  return doc
}

/** Where an attachment is loaded from; `undefined` of a copy that is mere data. */
export function sourceOf(file: object): FileSource | undefined {
  return sourceByFile.get(file)
}
