import { copyFileInfo, type FileInfo, isFileInfo } from './file-info.js'
import { type AttachedFile, type FileSource, sourceOf } from './stored-file.js'

/** What a caller attaches: a new content, or one that a database has. */
export type FileDraft =
  | { readonly kind: 'new'; readonly blob: Blob }
  | {
      readonly kind: 'stored'
      readonly info: FileInfo
      /** Where it was read; `undefined` of a copy that is mere data. */
      readonly read: { readonly file: AttachedFile; readonly source: FileSource } | undefined
    }

/** Recognises what may be attached, whatever realm made it; `undefined` for anything else. */
export function readFileDraft(value: unknown): FileDraft | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  if (isBlob(value)) return { kind: 'new', blob: value }
  if (!isFileInfo(value)) return undefined
  const source = sourceOf(value)
  const read = source && { file: value as AttachedFile, source }
  return { kind: 'stored', info: copyFileInfo(value), read }
}

/** By what it can do: a `File` of another realm, or of a DOM in a test, is neither an instance of this `Blob` nor has its tag. */
function isBlob(value: object): value is Blob {
  const { size, type, slice, stream, arrayBuffer } = value as Partial<Blob>
  const isDescribed = typeof size === 'number' && typeof type === 'string'
  return isDescribed && [slice, stream, arrayBuffer].every(method => typeof method === 'function')
}
