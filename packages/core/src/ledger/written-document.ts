import type { WriteOperation } from './write-call.js'

/** A document as it goes into a commit. */
export interface WrittenDocument {
  readonly id: string
  readonly op: WriteOperation
  /** Bytes of its content. */
  readonly size: number
}
