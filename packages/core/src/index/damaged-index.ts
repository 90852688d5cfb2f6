import { FirekeepError, hasErrorCode } from '../errors.js'
import type { IndexBase } from './index-base.js'

/** The stored part of an index cannot be read: the index is made anew, and the read is made again from that. */
export class DamagedIndex extends FirekeepError {
  readonly base: IndexBase

  constructor(base: IndexBase, cause?: unknown) {
    super('CORRUPT', 'a stored index is damaged; it is made anew from the documents', { cause })
    this.base = base
  }

  /** What to throw for an error that came while `base` was read. */
  static from(base: IndexBase, error: unknown): unknown {
    if (error instanceof DamagedIndex) return error
    const isDamage = hasErrorCode(error, 'CORRUPT') || hasErrorCode(error, 'BLOCK_MISSING')
    return isDamage ? new DamagedIndex(base, error) : error
  }
}
