/** An attachment of a document: what is known of it without loading it, and the ways to load it. */
export interface StoredFile {
  readonly type: string
  /** Bytes. */
  readonly size: number
  /** Milliseconds since 1970. */
  readonly lastModified: number
  /** The id of the content: of a file of up to 1 MiB the raw CIDv1 SHA-256 of its bytes. */
  readonly cid: string
  /** Where it lies; opaque. */
  readonly pack: string
  /**
   * The content. Loaded from the device, or else from an attached remote, checked, and kept on the device.
   * `FILE_UNAVAILABLE` where neither has it, `CORRUPT` where it is damaged and nobody has it whole.
   */
  file(options?: LoadFileOptions): Promise<File>
  /** As `file`, in pieces as they come, with bounded memory; a range loads no more than it takes. */
  stream(options?: StreamFileOptions): ReadableStream<Uint8Array>
}

export interface LoadFileOptions {
  readonly signal?: AbortSignal
  /** Bytes of this file that are here, of all. */
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void
}

export interface StreamFileOptions extends LoadFileOptions {
  /** Bytes from `start` (0) up to but without `end` (the size). */
  readonly start?: number
  readonly end?: number
}
