import type { Blobs } from '../blobs/blobs.js'
import type { Log } from '../log/log.js'

/** A place that keeps logs and blobs durably: what a server stands on. */
export interface Engine {
  readonly log: Log
  readonly blobs: Blobs
  /** Resolves while the engine can serve; rejects with the reason (`STORAGE_FAILED`, `CLOSED`) when it cannot. For `/readyz`. */
  check(): Promise<void>
  /** Copies everything, while it is in use, into a new folder that the engine can be opened on. */
  backup?(folder: string): Promise<void>
  /** Closes log and blobs, after what is under way. Idempotent. */
  close(): Promise<void>
}
