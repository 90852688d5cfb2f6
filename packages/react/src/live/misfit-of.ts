import { FirekeepError } from '@firekeep/core'
import { isSameValue } from '../source/is-same-value.js'
import type { AnyLiveState, AnyRow, QueryBy } from './live-query-source.js'
import { failedState } from './live-state.js'

const SAMPLE_SIZE = 16

/**
 * `INVALID_QUERY` when the rows shown are not those of `by`: a function of the same text that captured another
 * value. It asks the rows at hand, while rendering, so that they are not even shown once.
 */
export function misfitOf(by: QueryBy, rows: readonly AnyRow[]): AnyLiveState | undefined {
  if (typeof by !== 'function') return undefined
  const step = Math.max(1, Math.ceil(rows.length / SAMPLE_SIZE))
  const sample = rows.filter((_, i) => i % step === 0)
  const odd = sample.find(({ doc, key }) => doc !== undefined && !emits(by, doc, key))
  if (odd === undefined) return undefined
  const message =
    'this map function gives other rows than at the render that started the query, so it reads a variable that ' +
    'changed; emit what it reads as part of the key and ask for that `key`'
  return failedState(new FirekeepError('INVALID_QUERY', message, { details: { id: odd.id } }))
}

function emits(by: (doc: never, emit: never) => unknown, doc: object, key: unknown): boolean {
  const keys: unknown[] = []
  const emit = (emitted: unknown) => keys.push(emitted)
  let returned: unknown
  try {
    returned = by(doc as never, emit as never)
  } catch {
    // Most likely it writes to the document, which is its own in an index and shared here: that says nothing.
    return true
  }
  return (keys.length > 0 ? keys : [returned]).some(found => isSameValue(found, key))
}
