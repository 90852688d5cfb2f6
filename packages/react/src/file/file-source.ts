import type { FirekeepError, Progress, StoredFile } from '@firekeep/core'
import { Source } from '../source/source.js'
import { toError } from '../source/to-error.js'
import type { ToUrl } from './content-url.js'

export interface FileState {
  /** A URL of the content while it is loaded and shown; an object URL is revoked by itself. */
  readonly url: string | undefined
  readonly file: File | undefined
  /** `idle`: not asked for. `error`: see `error`; `load` tries again. */
  readonly status: 'idle' | 'loading' | 'ready' | 'error'
  /** Bytes that are here, of all, while it loads. */
  readonly progress: Progress | undefined
  readonly error: FirekeepError | undefined
}

const IDLE: FileState = Object.freeze({
  url: undefined,
  file: undefined,
  status: 'idle',
  progress: undefined,
  error: undefined,
})

/** What is shown where there is no file. */
export const NO_FILE = new Source<FileState>(IDLE, () => () => undefined)

/**
 * The content of an attachment as a component reads it. Nobody listens any more: what loads is called off, and the URL
 * revoked, as it would keep the content in memory for as long as the page lives.
 */
export class FileSource {
  readonly source: Source<FileState>
  readonly #toUrl: ToUrl
  /** The newest object that tells of the content. */
  #stored: StoredFile
  #isShown = false
  #loading: AbortController | undefined

  constructor(stored: StoredFile, toUrl: ToUrl) {
    this.#stored = stored
    this.#toUrl = toUrl
    this.source = new Source(IDLE, () => this.#show())
  }

  /** Loads the content, unless it is there or on the way. Nothing is loaded for a component that is gone. */
  readonly load = (): void => {
    if (!this.#isShown || this.#loading !== undefined || this.source.getSnapshot().status === 'ready') return
    const loading = new AbortController()
    this.#loading = loading
    this.source.publish(LOADING)
    void this.#load(loading)
  }

  /** Another object tells of the same content: what fails from now on, or failed, is tried with that one. */
  renew(stored: StoredFile, isWanted: boolean): void {
    const before = this.#stored
    this.#stored = stored
    const { error } = this.source.getSnapshot()
    if (isWanted && error !== undefined && isWorthATry(stored, before, error)) this.load()
  }

  #show(): () => void {
    this.#isShown = true
    return () => {
      this.#isShown = false
      this.#loading?.abort()
      this.#loading = undefined
      const { url } = this.source.getSnapshot()
      this.source.publish(IDLE)
      if (url?.startsWith('blob:')) URL.revokeObjectURL(url)
    }
  }

  async #load(loading: AbortController): Promise<void> {
    const publish = (state: Partial<FileState>) => {
      if (loading === this.#loading) this.source.publish(Object.freeze({ ...LOADING, ...state }))
    }
    while (loading === this.#loading) {
      const stored = this.#stored
      try {
        const file = await stored.file({
          signal: loading.signal,
          onProgress: progress => publish({ progress }),
        })
        if (loading !== this.#loading) return
        const made = this.#toUrl(file)
        // An object URL is there at once: called off while it is waited for, nothing would revoke it.
        publish({ status: 'ready', file, url: typeof made === 'object' ? await made : made })
        break
      } catch (cause) {
        const error = toError(cause)
        if (isWorthATry(this.#stored, stored, error)) continue
        publish({ status: 'error', error })
        break
      }
    }
    if (loading === this.#loading) this.#loading = undefined
  }
}

/** Whether a newer object may have what an older one failed to load: from another pack, or a database opened anew. */
function isWorthATry(newer: StoredFile, older: StoredFile, error: FirekeepError): boolean {
  return newer !== older && (newer.pack !== older.pack || error.code === 'CLOSED')
}

const LOADING: FileState = Object.freeze({ ...IDLE, status: 'loading' })
