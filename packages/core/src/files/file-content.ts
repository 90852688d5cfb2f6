/** Bytes that are to be stored as a file, read piece by piece. */
export interface FileContent {
  readonly size: number
  /** Exactly the bytes from `start` up to but without `end`; else it rejects. */
  read(start: number, end: number, signal: AbortSignal | undefined): Promise<Uint8Array>
}
