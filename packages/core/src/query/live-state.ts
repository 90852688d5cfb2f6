import { FirekeepError } from '../errors.js'
import type { PlainDocument } from '../state/stored-document.js'
import type { LiveSnapshot } from './query-types.js'

/** What a live query shows before it has loaded. */
export const LOADING: LiveSnapshot<PlainDocument> = Object.freeze({
  rows: Object.freeze([]) as readonly never[],
  docs: Object.freeze([]) as readonly never[],
  status: 'loading',
  error: undefined,
  clock: Object.freeze([]) as readonly never[],
  skipped: 0,
})

/** What a live query shows of a failure. */
export function toLiveError(cause: unknown): FirekeepError {
  return cause instanceof FirekeepError
    ? cause
    : new FirekeepError('INTERNAL', 'a live query failed', { cause })
}
