import type { StoredFile } from '@firekeep/core'
import { inertUrl } from './file/content-url.js'
import { type FileHandle, useFileState } from './file/use-file-state.js'

export interface UseFileOptions {
  /** Whether it is loaded as soon as it is shown. Default `true`; else `load` does. */
  readonly autoLoad?: boolean | undefined
}

/**
 * The content of an attachment, loaded from the device or an attached remote, with an object URL for as long as the
 * component is there. The URL stays while the content does (its `cid`), whatever else of the document changes, and is
 * revoked when another content is shown or the component goes.
 *
 * A URL gives images, sound, video, fonts, PDF, JSON and plain text as what they are. Anything else, HTML and SVG above all,
 * it gives as bytes to download: opened as a page it would run with the rights of your app. `file` has the type that is
 * stored. For pictures take `<FileImage>`, which shows SVG as well.
 *
 * `FILE_UNAVAILABLE` and `CORRUPT` come as `error`.
 *
 * @example
 * ```tsx
 * const { url, status, progress, load } = useFile(doc._files?.['report.pdf'], { autoLoad: false })
 * if (url !== undefined) return <a href={url} download="report.pdf">Save</a>
 * return <button onClick={load}>{status === 'loading' ? `${progress?.done ?? 0} bytes` : 'Load'}</button>
 * ```
 */
export function useFile(file: StoredFile | undefined, { autoLoad = true }: UseFileOptions = {}): FileHandle {
  return useFileState(file, autoLoad, inertUrl)
}
